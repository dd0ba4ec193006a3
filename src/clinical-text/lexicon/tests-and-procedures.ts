/**
 * Tests, procedures and treatments, habits, and what people are allergic to beside drugs. A measurement counts with a value
 * alone: its words are everyday ones.
 * A sample, not a terminology: common words of common notes. Format: docs/clinical-lexicon.md.
 */
export const testsAndProcedures = `
[test]
blood pressure, BP | snomedct 75367002 Blood pressure
oxygen saturation, O2 saturation, O2 sat, SpO2, pulse oximetry, pulse ox, SaO2
  | snomedct 103228002 Hemoglobin saturation with oxygen
BMI, body mass index | snomedct 60621009 Body mass index
hemoglobin A1c, A1c, HbA1c, glycated hemoglobin | snomedct 43396009 Hemoglobin A1c measurement
hematocrit, Hct | snomedct 28317006 Hematocrit determination
white blood cell count, WBC, white count, white blood cells | snomedct 767002 White blood cell count
platelets, platelet count | snomedct 61928009 Platelet count
complete blood count, CBC | snomedct 26604007 Complete blood count
comprehensive metabolic panel, CMP, metabolic panel
basic metabolic panel, BMP
lipid panel, lipid profile, lipids, cholesterol panel | snomedct 16254007 Lipid panel
glucose, blood sugar, blood glucose, blood sugars, fasting glucose | snomedct 33747003 Glucose measurement, blood
creatinine | snomedct 70901006 Creatinine measurement
BUN, blood urea nitrogen
eGFR, GFR, glomerular filtration rate
LDL, LDL cholesterol
HDL, HDL cholesterol
triglycerides
total cholesterol, cholesterol | snomedct 77068002 Cholesterol measurement
TSH, thyroid stimulating hormone, thyroid panel | snomedct 61167004 Thyroid stimulating hormone measurement
PSA, prostate specific antigen | snomedct 63476009 Prostate specific antigen measurement
INR | snomedct 440685005 Calculation of international normalized ratio
troponin, troponins | snomedct 105000003 Troponin measurement
BNP, brain natriuretic peptide
ESR, sedimentation rate, sed rate | snomedct 416838001 Erythrocyte sedimentation rate measurement
CRP, C-reactive protein | snomedct 55235003 C-reactive protein measurement
AST, ALT, liver enzymes, liver function tests, LFTs
D-dimer
uric acid
urinalysis, UA | snomedct 27171005 Urinalysis
urine culture | snomedct 117010004 Urine culture
blood culture, blood cultures | snomedct 30088009 Blood culture
rapid strep test, strep test, rapid strep, strep swab
COVID test, COVID-19 test, flu test, influenza test, HIV test, pregnancy test
autoimmune panel, autoimmune workup
ejection fraction, EF, LVEF
chest x-ray, CXR, chest radiograph, x-ray of the chest | snomedct 399208008 Plain chest X-ray
x-ray, x-rays, radiograph, radiographs, XR | snomedct 168537006 Plain radiography
CT scan, CT, computed tomography, CAT scan | snomedct 77477000 Computed tomography
MRI, magnetic resonance imaging, MRI scan | snomedct 113091000 Magnetic resonance imaging
ultrasound, sonogram, ultrasonography | snomedct 16310003 Ultrasonography
echocardiogram, echo, echocardiography | snomedct 40701008 Echocardiography
EKG, ECG, electrocardiogram | snomedct 29303009 Electrocardiographic procedure
stress test, cardiac stress test, exercise stress test, treadmill test
Holter monitor, event monitor, cardiac event monitor
mammogram, mammography | snomedct 71651007 Mammography
colonoscopy | snomedct 73761001 Colonoscopy
endoscopy, EGD, upper endoscopy | snomedct 76009000 Esophagogastroduodenoscopy
pulmonary function tests, pulmonary function test, PFTs, PFT
spirometry | snomedct 127783003 Spirometry
bone density scan, DEXA scan, DEXA | snomedct 312681000 Bone density scan
sleep study, polysomnography | snomedct 60554003 Polysomnography
Pap smear
EMG, nerve conduction study
biopsy | snomedct 86273004 Biopsy
allergy testing, skin prick test
range of motion
lumbar puncture, spinal tap | snomedct 277762005 Lumbar puncture
[procedure]
appendectomy | snomedct 80146002 Appendectomy
cholecystectomy, gallbladder removal | snomedct 38102005 Cholecystectomy
hysterectomy | snomedct 236886002 Hysterectomy
tonsillectomy | snomedct 173422009 Tonsillectomy
cesarean section, C-section, cesarean | snomedct 11466000 Cesarean section
coronary artery bypass graft, coronary artery bypass, CABG, bypass surgery | snomedct 232717009 Coronary artery bypass grafting
percutaneous coronary intervention, PCI, coronary stent, stent placement | snomedct 415070008 Percutaneous coronary intervention
cardiac catheterization, heart catheterization | snomedct 41976001 Cardiac catheterization
cardiac ablation, ablation, catheter ablation | snomedct 18286008 Catheter ablation of tissue of heart
pacemaker placement, pacemaker
knee replacement, total knee replacement, total knee arthroplasty, TKA | snomedct 609588000 Total knee replacement
hip replacement, total hip replacement, total hip arthroplasty, THA | snomedct 52734007 Total replacement of hip
knee arthroscopy, arthroscopy | snomedct 13714004 Arthroscopy
ACL repair, ACL reconstruction, anterior cruciate ligament reconstruction
rotator cuff repair
hernia repair | snomedct 50465008 Repair of hernia
mastectomy | snomedct 69031006 Excision of breast
lumpectomy | snomedct 392021009 Lumpectomy of breast
thyroidectomy | snomedct 13619001 Thyroidectomy
prostatectomy | snomedct 90470006 Prostatectomy
vasectomy | snomedct 22523008 Vasectomy
tubal ligation | snomedct 287664005 Bilateral tubal ligation
cataract surgery, cataract extraction | snomedct 110473004 Cataract surgery
back surgery, spinal fusion, lumbar fusion
gastric bypass
kidney transplant, renal transplant | snomedct 70536003 Transplant of kidney
dialysis, hemodialysis | snomedct 302497006 Hemodialysis
blood transfusion, transfusion | snomedct 116859006 Transfusion of blood product
surgery, surgical repair | snomedct 387713003 Surgical procedure
intubation | snomedct 52765003 Intubation
steroid injection, cortisone injection, corticosteroid injection, cortisone shot
[treatment]
physical therapy, PT, physiotherapy | snomedct 91251008 Physical therapy procedure
occupational therapy | snomedct 84478008 Occupational therapy
chemotherapy, chemo | snomedct 367336001 Chemotherapy
radiation therapy, radiotherapy | snomedct 108290001 Radiation oncology AND/OR radiotherapy
psychotherapy, cognitive behavioral therapy | snomedct 75516001 Psychotherapy
CPAP, continuous positive airway pressure | snomedct 47545007 Continuous positive airway pressure ventilation treatment
home oxygen, oxygen therapy, supplemental oxygen | snomedct 57485005 Oxygen therapy
flu shot, flu vaccine, influenza vaccine, COVID vaccine, COVID-19 vaccine, shingles vaccine, pneumonia vaccine,
  hepatitis B vaccine, vaccination, immunization
brace, knee brace, splint, boot
wound care | snomedct 225358003 Wound care
acupuncture | snomedct 44868003 Acupuncture
[tobacco]
tobacco use, tobacco, smoking, smoker, smokes, smoked, cigarettes, cigarette, nicotine use, vaping
[alcohol]
alcohol use, alcohol, EtOH, alcohol consumption, alcohol intake
[recreational drug]
drug use, illicit drugs, illicit drug use, recreational drugs, recreational drug use, marijuana, cannabis, cocaine, heroin,
  methamphetamine, IV drug use
[allergen]
sulfa, sulfa drugs, latex, shellfish, peanuts, peanut, tree nuts, eggs, milk, bee stings, contrast dye, iodine,
  iodinated contrast, pollen, dust mites, pet dander, mold
drug allergies, known drug allergies, medication allergies, allergies to medications, known allergies
[measurement]
heart rate, pulse, HR, pulse rate | snomedct 364075005 Heart rate
temperature, temp, body temperature | snomedct 386725007 Body temperature
weight, body weight | snomedct 27113001 Body weight
height, body height | snomedct 50373000 Body height
sodium | snomedct 25197003 Sodium measurement
potassium | snomedct 59573005 Potassium measurement
respiratory rate, RR, respirations | snomedct 86290005 Respiratory rate
hemoglobin, Hgb
[ignored]
pain medication, pain medicine, pain relief, pain reliever, pain control, pain management, pain scale, stress relief,
  stress management, valgus stress test, varus stress test, valgus stress, varus stress, blood pressure cuff, diabetic diet, diabetic labs, diabetic eye exam,
  diabetic foot exam, diabetic supplies, anemia labs, fever reducer, allergy shots, depression screening, cold weather,
  cold compress, heart healthy, weight bearing, weight loss program, flu season, physical therapist
`;
