/**
 * Diagnoses of inner organs.
 * A sample, not a terminology: common words of common notes. Format: docs/clinical-lexicon.md.
 */
export const diagnoses = `
[diagnosis]
# circulation
hypertension, high blood pressure, hypertensive, HTN | icd10cm I10 Essential (primary) hypertension
  | snomedct 38341003 Hypertensive disorder
hyperlipidemia, high cholesterol, dyslipidemia, hypercholesterolemia, HLD | icd10cm E78.5 Hyperlipidemia, unspecified
  | snomedct 55822004 Hyperlipidemia
coronary artery disease, coronary disease, coronary heart disease, ischemic heart disease, CAD, CHD
  | icd10cm I25.10 Atherosclerotic heart disease of native coronary artery without angina pectoris
  | snomedct 53741008 Coronary arteriosclerosis
heart disease, cardiac disease | icd10cm I51.9 Heart disease, unspecified | snomedct 56265001 Heart disease
myocardial infarction, heart attack, acute myocardial infarction, MI, STEMI, NSTEMI
  | icd10cm I21.9 Acute myocardial infarction, unspecified | snomedct 22298006 Myocardial infarction
angina, angina pectoris | icd10cm I20.9 Angina pectoris, unspecified | snomedct 194828000 Angina
unstable angina | icd10cm I20.0 Unstable angina | snomedct 4557003 Preinfarction syndrome
heart failure, CHF | icd10cm I50.9 Heart failure, unspecified | snomedct 84114007 Heart failure
congestive heart failure | icd10cm I50.9 Heart failure, unspecified | snomedct 42343007 Congestive heart failure
cardiomyopathy | icd10cm I42.9 Cardiomyopathy, unspecified | snomedct 85898001 Cardiomyopathy
atrial fibrillation, afib, a fib, AF | icd10cm I48.91 Unspecified atrial fibrillation | snomedct 49436004 Atrial fibrillation
atrial flutter | icd10cm I48.92 Unspecified atrial flutter | snomedct 5370000 Atrial flutter
arrhythmia, cardiac arrhythmia, dysrhythmia | icd10cm I49.9 Cardiac arrhythmia, unspecified
  | snomedct 698247007 Cardiac arrhythmia
supraventricular tachycardia, SVT | icd10cm I47.10 Supraventricular tachycardia, unspecified
  | snomedct 6456007 Supraventricular tachycardia
ventricular tachycardia | icd10cm I47.20 Ventricular tachycardia, unspecified | snomedct 25569003 Ventricular tachycardia
cardiac arrest | icd10cm I46.9 Cardiac arrest, cause unspecified | snomedct 410429000 Cardiac arrest
aortic stenosis | icd10cm I35.0 Nonrheumatic aortic (valve) stenosis | snomedct 60573004 Aortic valve stenosis
mitral regurgitation, mitral valve regurgitation | icd10cm I34.0 Nonrheumatic mitral (valve) insufficiency
  | snomedct 48724000 Mitral valve regurgitation
mitral valve prolapse | icd10cm I34.1 Nonrheumatic mitral (valve) prolapse | snomedct 409712001 Mitral valve prolapse
pericardial effusion | icd10cm I31.39 Other pericardial effusion (noninflammatory) | snomedct 373945007 Pericardial effusion
pericarditis | icd10cm I31.9 Disease of pericardium, unspecified | snomedct 3238004 Pericarditis
endocarditis | icd10cm I38 Endocarditis, valve unspecified | snomedct 56819008 Endocarditis
abdominal aortic aneurysm, AAA | icd10cm I71.40 Abdominal aortic aneurysm, without rupture, unspecified
  | snomedct 233985008 Abdominal aortic aneurysm
peripheral vascular disease, peripheral artery disease, peripheral arterial disease, PVD, PAD
  | icd10cm I73.9 Peripheral vascular disease, unspecified | snomedct 400047006 Peripheral vascular disease
deep vein thrombosis, deep venous thrombosis, DVT
  | icd10cm I82.409 Acute embolism and thrombosis of unspecified deep veins of unspecified lower extremity
  | snomedct 128053003 Deep venous thrombosis
pulmonary embolism, PE, pulmonary embolus | icd10cm I26.99 Other pulmonary embolism without acute cor pulmonale
  | snomedct 59282003 Pulmonary embolism
varicose veins | icd10cm I83.90 Asymptomatic varicose veins of unspecified lower extremity | snomedct 128060009 Venous varices
hypotension, low blood pressure | icd10cm I95.9 Hypotension, unspecified | snomedct 45007003 Low blood pressure
orthostatic hypotension, postural hypotension | icd10cm I95.1 Orthostatic hypotension
  | snomedct 28651003 Orthostatic hypotension
pulmonary hypertension | icd10cm I27.20 Pulmonary hypertension, unspecified | snomedct 70995007 Pulmonary hypertension
stroke, CVA, cerebrovascular accident, ischemic stroke | icd10cm I63.9 Cerebral infarction, unspecified
  | snomedct 230690007 Cerebrovascular accident
transient ischemic attack, TIA | icd10cm G45.9 Transient cerebral ischemic attack, unspecified
  | snomedct 266257000 Transient ischemic attack
intracranial hemorrhage, intracranial bleed, cerebral hemorrhage
  | icd10cm I62.9 Nontraumatic intracranial hemorrhage, unspecified | snomedct 1386000 Intracranial hemorrhage
ischemia | snomedct 52674009 Ischemia
aneurysm | icd10cm I72.9 Aneurysm of unspecified site | snomedct 432119003 Aneurysm
# lungs
asthma | icd10cm J45.909 Unspecified asthma, uncomplicated | snomedct 195967001 Asthma
asthma exacerbation, exacerbation of asthma, acute exacerbation of asthma
  | icd10cm J45.901 Unspecified asthma with (acute) exacerbation | snomedct 708038006 Acute exacerbation of asthma
COPD, chronic obstructive pulmonary disease | icd10cm J44.9 Chronic obstructive pulmonary disease, unspecified
  | snomedct 13645005 Chronic obstructive lung disease
COPD exacerbation, exacerbation of COPD, acute exacerbation of COPD
  | icd10cm J44.1 Chronic obstructive pulmonary disease with (acute) exacerbation
  | snomedct 195951007 Acute exacerbation of chronic obstructive airways disease
emphysema | icd10cm J43.9 Emphysema, unspecified | snomedct 87433001 Pulmonary emphysema
pneumonia, community acquired pneumonia, CAP, PNA | icd10cm J18.9 Pneumonia, unspecified organism | snomedct 233604007 Pneumonia
bronchitis | icd10cm J40 Bronchitis, not specified as acute or chronic | snomedct 32398004 Bronchitis
acute bronchitis | icd10cm J20.9 Acute bronchitis, unspecified | snomedct 10509002 Acute bronchitis
chronic bronchitis | icd10cm J42 Unspecified chronic bronchitis | snomedct 63480004 Chronic bronchitis
upper respiratory infection, upper respiratory tract infection, URI, common cold
  | icd10cm J06.9 Acute upper respiratory infection, unspecified | snomedct 54150009 Upper respiratory infection
influenza, flu | icd10cm J11.1 Influenza due to unidentified influenza virus with other respiratory manifestations
  | snomedct 6142004 Influenza
COVID-19, coronavirus disease 2019, covid, COVID 19 infection | icd10cm U07.1 COVID-19
  | snomedct 840539006 Disease caused by severe acute respiratory syndrome coronavirus 2
sinusitis, sinus infection | icd10cm J32.9 Chronic sinusitis, unspecified | snomedct 36971009 Sinusitis
acute sinusitis | icd10cm J01.90 Acute sinusitis, unspecified | snomedct 15805002 Acute sinusitis
chronic sinusitis | icd10cm J32.9 Chronic sinusitis, unspecified | snomedct 40055000 Chronic sinusitis
pharyngitis | icd10cm J02.9 Acute pharyngitis, unspecified | snomedct 405737000 Pharyngitis
viral pharyngitis | icd10cm J02.8 Acute pharyngitis due to other specified organisms | snomedct 1532007 Viral pharyngitis
strep throat, streptococcal pharyngitis, strep pharyngitis | icd10cm J02.0 Streptococcal pharyngitis
  | snomedct 43878008 Streptococcal sore throat
tonsillitis | icd10cm J03.90 Acute tonsillitis, unspecified | snomedct 90176007 Tonsillitis
croup | icd10cm J05.0 Acute obstructive laryngitis [croup] | snomedct 71186008 Croup
allergic rhinitis, hay fever | icd10cm J30.9 Allergic rhinitis, unspecified | snomedct 61582004 Allergic rhinitis
seasonal allergies, seasonal allergic rhinitis, seasonal allergy | icd10cm J30.2 Other seasonal allergic rhinitis
  | snomedct 367498001 Seasonal allergic rhinitis
pleural effusion | icd10cm J90 Pleural effusion, not elsewhere classified | snomedct 60046008 Pleural effusion
pneumothorax | icd10cm J93.9 Pneumothorax, unspecified | snomedct 36118008 Pneumothorax
pulmonary fibrosis | icd10cm J84.10 Pulmonary fibrosis, unspecified | snomedct 51615001 Fibrosis of lung
respiratory failure | icd10cm J96.90 Respiratory failure, unspecified, unspecified whether with hypoxia or hypercapnia
  | snomedct 409622000 Respiratory failure
obstructive sleep apnea, sleep apnea, OSA | icd10cm G47.33 Obstructive sleep apnea (adult) (pediatric)
  | snomedct 78275009 Obstructive sleep apnea syndrome
tuberculosis | icd10cm A15.9 Respiratory tuberculosis unspecified | snomedct 56717001 Tuberculosis
pulmonary nodule, lung nodule | icd10cm R91.1 Solitary pulmonary nodule | snomedct 427359005 Solitary nodule of lung
# metabolism
diabetes, diabetes mellitus, diabetic, DM | icd10cm E11.9 Type 2 diabetes mellitus without complications
  | snomedct 73211009 Diabetes mellitus
type 2 diabetes, type 2 diabetes mellitus, type II diabetes, diabetes type 2, diabetes type II, diabetes mellitus type 2,
  type II diabetes mellitus, T2DM, DM2
  | icd10cm E11.9 Type 2 diabetes mellitus without complications | snomedct 44054006 Diabetes mellitus type 2
type 1 diabetes, type 1 diabetes mellitus, type I diabetes, diabetes type 1, T1DM, DM1
  | icd10cm E10.9 Type 1 diabetes mellitus without complications | snomedct 46635009 Diabetes mellitus type 1
gestational diabetes | icd10cm O24.419 Gestational diabetes mellitus in pregnancy, unspecified control
  | snomedct 11687002 Gestational diabetes mellitus
prediabetes, pre diabetes, prediabetic | icd10cm R73.03 Prediabetes | snomedct 714628002 Prediabetes
diabetic neuropathy, diabetic peripheral neuropathy
  | icd10cm E11.40 Type 2 diabetes mellitus with diabetic neuropathy, unspecified
  | snomedct 230572002 Neuropathy due to diabetes mellitus
diabetic retinopathy | icd10cm E11.319 Type 2 diabetes mellitus with unspecified diabetic retinopathy without macular edema
  | snomedct 4855003 Retinopathy due to diabetes mellitus
diabetic ketoacidosis, DKA | icd10cm E11.10 Type 2 diabetes mellitus with ketoacidosis without coma
  | snomedct 420422005 Ketoacidosis due to diabetes mellitus
hypoglycemia | icd10cm E16.2 Hypoglycemia, unspecified | snomedct 302866003 Hypoglycemia
hyperglycemia | icd10cm R73.9 Hyperglycemia, unspecified | snomedct 80394007 Hyperglycemia
hypothyroidism, hypothyroid, underactive thyroid | icd10cm E03.9 Hypothyroidism, unspecified | snomedct 40930008 Hypothyroidism
hyperthyroidism, hyperthyroid, overactive thyroid | icd10cm E05.90 Thyrotoxicosis, unspecified without thyrotoxic crisis or storm
  | snomedct 34486009 Hyperthyroidism
thyroid nodule | icd10cm E04.1 Nontoxic single thyroid nodule | snomedct 237495005 Thyroid nodule
Graves' disease | icd10cm E05.00 Thyrotoxicosis with diffuse goiter without thyrotoxic crisis or storm
  | snomedct 353295004 Graves' disease
Hashimoto's thyroiditis | icd10cm E06.3 Autoimmune thyroiditis | snomedct 21983002 Hashimoto thyroiditis
hyperparathyroidism | icd10cm E21.3 Hyperparathyroidism, unspecified | snomedct 66999008 Hyperparathyroidism
obesity, obese | icd10cm E66.9 Obesity, unspecified | snomedct 414916001 Obesity
morbid obesity, morbidly obese | icd10cm E66.01 Morbid (severe) obesity due to excess calories
  | snomedct 238136002 Morbid obesity
vitamin D deficiency | icd10cm E55.9 Vitamin D deficiency, unspecified | snomedct 34713006 Vitamin D deficiency
vitamin B12 deficiency, B12 deficiency | icd10cm E53.8 Deficiency of other specified B group vitamins
  | snomedct 190634004 Vitamin B12 deficiency
gout | icd10cm M10.9 Gout, unspecified | snomedct 90560007 Gout
dehydration, dehydrated | icd10cm E86.0 Dehydration | snomedct 34095006 Dehydration
hyponatremia | icd10cm E87.1 Hypo-osmolality and hyponatremia | snomedct 89627008 Hyponatremia
hypokalemia | icd10cm E87.6 Hypokalemia | snomedct 43339004 Hypokalemia
hyperkalemia | icd10cm E87.5 Hyperkalemia | snomedct 14140009 Hyperkalemia
metabolic syndrome | icd10cm E88.810 Metabolic syndrome | snomedct 237602007 Metabolic syndrome X
hypertriglyceridemia | icd10cm E78.1 Pure hyperglyceridemia | snomedct 302870006 Hypertriglyceridemia
polycystic ovary syndrome, polycystic ovarian syndrome, PCOS | icd10cm E28.2 Polycystic ovarian syndrome
  | snomedct 237055002 Polycystic ovary syndrome
# digestion
GERD, gastroesophageal reflux disease, acid reflux, reflux, gastroesophageal reflux
  | icd10cm K21.9 Gastro-esophageal reflux disease without esophagitis | snomedct 235595009 Gastroesophageal reflux disease
peptic ulcer disease, peptic ulcer, PUD
  | icd10cm K27.9 Peptic ulcer, site unspecified, unspecified as acute or chronic, without hemorrhage or perforation
  | snomedct 13200003 Peptic ulcer
gastritis | icd10cm K29.70 Gastritis, unspecified, without bleeding | snomedct 4556007 Gastritis
gastroenteritis | icd10cm K52.9 Noninfective gastroenteritis and colitis, unspecified | snomedct 25374005 Gastroenteritis
Crohn's disease | icd10cm K50.90 Crohn's disease, unspecified, without complications | snomedct 34000006 Crohn's disease
ulcerative colitis | icd10cm K51.90 Ulcerative colitis, unspecified, without complications
  | snomedct 64766004 Ulcerative colitis
inflammatory bowel disease, IBD | snomedct 24526004 Inflammatory bowel disease
irritable bowel syndrome, IBS | icd10cm K58.9 Irritable bowel syndrome, unspecified | snomedct 10743008 Irritable bowel syndrome
celiac disease | icd10cm K90.0 Celiac disease | snomedct 396331005 Celiac disease
diverticulitis | icd10cm K57.92 Diverticulitis of intestine, part unspecified, without perforation or abscess without bleeding
  | snomedct 307496006 Diverticulitis
diverticulosis | icd10cm K57.90 Diverticulosis of intestine, part unspecified, without perforation or abscess without bleeding
  | snomedct 397881000 Diverticulosis
appendicitis | icd10cm K37 Unspecified appendicitis | snomedct 74400008 Appendicitis
pancreatitis | icd10cm K85.90 Acute pancreatitis without necrosis or infection, unspecified | snomedct 75694006 Pancreatitis
cholecystitis | icd10cm K81.9 Cholecystitis, unspecified | snomedct 76581006 Cholecystitis
gallstones, cholelithiasis, gallstone | icd10cm K80.20 Calculus of gallbladder without cholecystitis without obstruction
  | snomedct 266474003 Calculus in biliary tract
cirrhosis, cirrhosis of the liver, liver cirrhosis | icd10cm K74.60 Unspecified cirrhosis of liver
  | snomedct 19943007 Cirrhosis of liver
fatty liver, fatty liver disease, hepatic steatosis | icd10cm K76.0 Fatty (change of) liver, not elsewhere classified
  | snomedct 197321007 Steatosis of liver
liver disease | icd10cm K76.9 Liver disease, unspecified | snomedct 235856003 Disorder of liver
hepatitis | icd10cm K75.9 Inflammatory liver disease, unspecified | snomedct 128241005 Inflammatory disease of liver
hepatitis B | icd10cm B19.10 Unspecified viral hepatitis B without hepatic coma | snomedct 66071002 Viral hepatitis type B
hepatitis C, HCV | icd10cm B19.20 Unspecified viral hepatitis C without hepatic coma | snomedct 50711007 Viral hepatitis type C
hemorrhoids, hemorrhoid | icd10cm K64.9 Unspecified hemorrhoids | snomedct 70153002 Hemorrhoids
inguinal hernia | icd10cm K40.90 Unilateral inguinal hernia, without obstruction or gangrene, not specified as recurrent
  | snomedct 396232000 Inguinal hernia
hiatal hernia | icd10cm K44.9 Diaphragmatic hernia without obstruction or gangrene | snomedct 84089009 Hiatal hernia
hernia | icd10cm K46.9 Unspecified abdominal hernia without obstruction or gangrene | snomedct 414403008 Hernia
bowel obstruction, small bowel obstruction, SBO
  | icd10cm K56.609 Unspecified intestinal obstruction, unspecified as to partial versus complete obstruction
  | snomedct 81060008 Intestinal obstruction
gastrointestinal bleed, GI bleed, gastrointestinal bleeding, gastrointestinal hemorrhage
  | icd10cm K92.2 Gastrointestinal hemorrhage, unspecified | snomedct 74474003 Gastrointestinal hemorrhage
polyp of colon, colon polyp, colonic polyp | icd10cm K63.5 Polyp of colon | snomedct 68496003 Polyp of colon
polyp, polyps
dysphagia, difficulty swallowing, trouble swallowing | icd10cm R13.10 Dysphagia, unspecified | snomedct 40739000 Dysphagia
# kidneys, urinary and reproductive organs
chronic kidney disease, CKD, kidney disease, chronic renal disease | icd10cm N18.9 Chronic kidney disease, unspecified
  | snomedct 709044004 Chronic kidney disease
acute kidney injury, AKI, acute renal failure | icd10cm N17.9 Acute kidney failure, unspecified
  | snomedct 14669001 Acute kidney injury
end stage renal disease, ESRD | icd10cm N18.6 End stage renal disease | snomedct 46177005 End-stage renal disease
kidney stones, kidney stone, nephrolithiasis, renal calculi, renal stones | icd10cm N20.0 Calculus of kidney
  | snomedct 95570007 Kidney stone
hydronephrosis | icd10cm N13.30 Unspecified hydronephrosis | snomedct 43064006 Hydronephrosis
urinary tract infection, UTI, bladder infection | icd10cm N39.0 Urinary tract infection, site not specified
  | snomedct 68566005 Urinary tract infectious disease
pyelonephritis, kidney infection | icd10cm N12 Tubulo-interstitial nephritis, not specified as acute or chronic
  | snomedct 45816000 Pyelonephritis
cystitis | icd10cm N30.90 Cystitis, unspecified without hematuria | snomedct 38822007 Cystitis
benign prostatic hyperplasia, BPH, enlarged prostate
  | icd10cm N40.0 Benign prostatic hyperplasia without lower urinary tract symptoms
  | snomedct 266569009 Benign prostatic hyperplasia
erectile dysfunction | icd10cm N52.9 Male erectile dysfunction, unspecified | snomedct 860914002 Erectile dysfunction
endometriosis | icd10cm N80.9 Endometriosis, unspecified | snomedct 129103003 Endometriosis
uterine fibroids, fibroids | icd10cm D25.9 Leiomyoma of uterus, unspecified | snomedct 95315005 Uterine leiomyoma
ovarian cyst | icd10cm N83.209 Unspecified ovarian cyst, unspecified side | snomedct 79883001 Cyst of ovary
preeclampsia | icd10cm O14.90 Unspecified pre-eclampsia, unspecified trimester | snomedct 398254007 Pre-eclampsia
`;
