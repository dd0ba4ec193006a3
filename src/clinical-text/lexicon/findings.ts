/**
 * Symptoms, which patients tell, and signs, which are found on examination.
 * A sample, not a terminology: common words of common notes. Format: docs/clinical-lexicon.md.
 */
export const findings = `
[symptom]
pain, discomfort, ache, aches, achiness, painful, soreness | icd10cm R52 Pain, unspecified | snomedct 22253000 Pain
chest pain, chest discomfort, CP, pain in the chest | icd10cm R07.9 Chest pain, unspecified | snomedct 29857009 Chest pain
chest tightness, chest pressure | icd10cm R07.89 Other chest pain | snomedct 23924001 Tight chest
abdominal pain, belly pain, abd pain, stomach pain, stomach ache | icd10cm R10.9 Unspecified abdominal pain
  | snomedct 21522001 Abdominal pain
flank pain | snomedct 247355005 Flank pain
back pain, backache | icd10cm M54.9 Dorsalgia, unspecified | snomedct 161891005 Backache
low back pain, lower back pain, lumbar pain, LBP | icd10cm M54.50 Low back pain, unspecified | snomedct 279039007 Low back pain
neck pain | icd10cm M54.2 Cervicalgia | snomedct 81680005 Neck pain
joint pain, joint pains, arthralgia, arthralgias | icd10cm M25.50 Pain in unspecified joint | snomedct 57676002 Joint pain
knee pain | icd10cm M25.569 Pain in unspecified knee | snomedct 30989003 Knee pain
shoulder pain | icd10cm M25.519 Pain in unspecified shoulder | snomedct 45326000 Shoulder pain
hip pain | icd10cm M25.559 Pain in unspecified hip | snomedct 49218002 Hip pain
ankle pain | icd10cm M25.579 Pain in unspecified ankle and joints of unspecified foot | snomedct 247373008 Ankle pain
wrist pain | icd10cm M25.539 Pain in unspecified wrist | snomedct 56608008 Wrist pain
elbow pain | icd10cm M25.529 Pain in unspecified elbow | snomedct 74323005 Elbow pain
foot pain | icd10cm M79.673 Pain in unspecified foot | snomedct 47933007 Foot pain
hand pain | icd10cm M79.643 Pain in unspecified hand | snomedct 53057004 Hand pain
leg pain | icd10cm M79.606 Pain in leg, unspecified | snomedct 10601006 Pain in lower limb
arm pain | icd10cm M79.603 Pain in arm, unspecified | snomedct 102556003 Pain in upper limb
pelvic pain | icd10cm R10.20 Pelvic and perineal pain unspecified side | snomedct 30473006 Pain in pelvis
myalgia, muscle pain, muscle aches, body aches, myalgias | icd10cm M79.10 Myalgia, unspecified site
  | snomedct 68962001 Muscle pain
headache, headaches, HA, cephalgia | icd10cm R51.9 Headache, unspecified | snomedct 25064002 Headache
ear pain, otalgia, earache | icd10cm H92.09 Otalgia, unspecified ear | snomedct 16001004 Otalgia
eye pain | icd10cm H57.10 Ocular pain, unspecified eye | snomedct 41652007 Pain in eye
sinus pressure, sinus pain, facial pressure
sore throat, throat pain | icd10cm J02.9 Acute pharyngitis, unspecified | snomedct 162397003 Pain in throat
heartburn, pyrosis | icd10cm R12 Heartburn | snomedct 16331000 Heartburn
indigestion, dyspepsia | icd10cm K30 Functional dyspepsia | snomedct 162031009 Indigestion
fever, fevers, febrile, pyrexia | icd10cm R50.9 Fever, unspecified | snomedct 386661006 Fever
chills, rigors, shaking chills | icd10cm R68.83 Chills (without fever) | snomedct 43724002 Chill
night sweats | icd10cm R61 Generalized hyperhidrosis | snomedct 42984000 Night sweats
sweating, diaphoresis, diaphoretic | icd10cm R61 Generalized hyperhidrosis | snomedct 415690000 Sweating
fatigue, tiredness, tired, fatigued, exhaustion | icd10cm R53.83 Other fatigue | snomedct 84229001 Fatigue
malaise | icd10cm R53.81 Other malaise | snomedct 367391008 Malaise
weakness, generalized weakness | icd10cm R53.1 Weakness | snomedct 13791008 Asthenia
weight loss, losing weight | icd10cm R63.4 Abnormal weight loss | snomedct 89362005 Weight loss
weight gain, gaining weight | icd10cm R63.5 Abnormal weight gain | snomedct 8943002 Weight gain
appetite loss, loss of appetite, decreased appetite, poor appetite, anorexia | icd10cm R63.0 Anorexia
  | snomedct 79890006 Loss of appetite
cough, coughing, coughs | icd10cm R05.9 Cough, unspecified | snomedct 49727002 Cough
hemoptysis, coughing up blood | icd10cm R04.2 Hemoptysis | snomedct 66857006 Hemoptysis
sputum production, productive cough | icd10cm R05.8 Other specified cough | snomedct 28743005 Productive cough
shortness of breath, dyspnea, short of breath, SOB, difficulty breathing, trouble breathing, breathlessness
  | icd10cm R06.02 Shortness of breath | snomedct 267036007 Dyspnea
dyspnea on exertion, DOE, exertional dyspnea, shortness of breath on exertion, shortness of breath with exertion,
  exertional shortness of breath
  | icd10cm R06.09 Other forms of dyspnea | snomedct 60845006 Dyspnea on exertion
orthopnea | icd10cm R06.01 Orthopnea | snomedct 62744007 Orthopnea
paroxysmal nocturnal dyspnea, PND | icd10cm R06.09 Other forms of dyspnea | snomedct 55442000 Paroxysmal nocturnal dyspnea
snoring | icd10cm R06.83 Snoring | snomedct 72863001 Snoring
nasal congestion, congestion, stuffy nose, nasal stuffiness, congested | icd10cm R09.81 Nasal congestion
  | snomedct 68235000 Nasal congestion
runny nose, rhinorrhea | icd10cm J34.89 Other specified disorders of nose and nasal sinuses | snomedct 64531003 Nasal discharge
postnasal drip, post nasal drip, postnasal drainage | icd10cm R09.82 Postnasal drip
nosebleeds, nosebleed, epistaxis | icd10cm R04.0 Epistaxis | snomedct 249366005 Bleeding from nose
palpitations, heart palpitations, heart racing | icd10cm R00.2 Palpitations | snomedct 80313002 Palpitations
syncope, fainting, loss of consciousness, passing out, LOC, passed out, fainted | icd10cm R55 Syncope and collapse
  | snomedct 271594007 Syncope
presyncope, near syncope | icd10cm R55 Syncope and collapse | snomedct 427461000 Near syncope
dizziness, lightheadedness, dizzy, lightheaded, light headedness | icd10cm R42 Dizziness and giddiness
  | snomedct 404640003 Dizziness
vertigo | icd10cm R42 Dizziness and giddiness | snomedct 399153001 Vertigo
nausea, nauseated, nauseous | icd10cm R11.0 Nausea | snomedct 422587007 Nausea
vomiting, emesis, vomited, vomitting, throwing up | icd10cm R11.10 Vomiting, unspecified | snomedct 422400008 Vomiting
nausea and vomiting, N/V, nausea/vomiting, nausea or vomiting | icd10cm R11.2 Nausea with vomiting, unspecified
  | snomedct 16932000 Nausea and vomiting
diarrhea, loose stools | icd10cm R19.7 Diarrhea, unspecified | snomedct 62315008 Diarrhea
constipation, constipated | icd10cm K59.00 Constipation, unspecified | snomedct 14760008 Constipation
bloating, abdominal bloating | icd10cm R14.0 Abdominal distension (gaseous) | snomedct 116289008 Abdominal bloating
blood in stool, bloody stools, bloody stool, hematochezia, blood in the stool, rectal bleeding | icd10cm K92.1 Melena
  | snomedct 405729008 Hematochezia
melena, black stools, tarry stools | icd10cm K92.1 Melena | snomedct 2901004 Melena
hematemesis, vomiting blood | icd10cm K92.0 Hematemesis | snomedct 8765009 Hematemesis
dysuria, painful urination, urinary pain, burning with urination, burning on urination, pain with urination, pain on urination
  | icd10cm R30.0 Dysuria | snomedct 49650001 Dysuria
hematuria, blood in urine, blood in the urine | icd10cm R31.9 Hematuria, unspecified | snomedct 34436003 Blood in urine
urinary frequency, frequency of urination, frequent urination | icd10cm R35.0 Frequency of micturition
  | snomedct 162116003 Increased frequency of urination
urinary urgency | icd10cm R39.15 Urgency of urination | snomedct 75088002 Urgent desire to urinate
urinary incontinence, incontinence | icd10cm R32 Unspecified urinary incontinence | snomedct 165232002 Urinary incontinence
nocturia | icd10cm R35.1 Nocturia | snomedct 139394000 Nocturia
polydipsia, excessive thirst, increased thirst | icd10cm R63.1 Polydipsia | snomedct 17173007 Excessive thirst
numbness | icd10cm R20.0 Anesthesia of skin | snomedct 44077006 Numbness
tingling, paresthesia, paresthesias | icd10cm R20.2 Paresthesia of skin | snomedct 91019004 Paresthesia
numbness and tingling, numbness or tingling | icd10cm R20.2 Paresthesia of skin
confusion, confused | icd10cm R41.0 Disorientation, unspecified | snomedct 286933003 Confusional state
memory loss, forgetfulness | icd10cm R41.3 Other amnesia | snomedct 48167000 Amnesia
insomnia, difficulty sleeping, trouble sleeping | icd10cm G47.00 Insomnia, unspecified | snomedct 193462001 Insomnia
blurred vision, blurry vision, vision changes, blurriness | icd10cm H53.8 Other visual disturbances
  | snomedct 246636008 Hazy vision
double vision, diplopia | icd10cm H53.2 Diplopia | snomedct 24982008 Diplopia
photophobia, light sensitivity | snomedct 409668002 Photophobia
hearing loss | icd10cm H91.90 Unspecified hearing loss, unspecified ear | snomedct 15188001 Hearing loss
tinnitus, ringing in the ears | icd10cm H93.19 Tinnitus, unspecified ear | snomedct 60862001 Tinnitus
itching, pruritus, itchiness, itchy | icd10cm L29.9 Pruritus, unspecified | snomedct 418290006 Itching
stiffness, joint stiffness | icd10cm M25.60 Stiffness of unspecified joint, not elsewhere classified
  | snomedct 271587009 Stiffness
morning stiffness
muscle cramps, cramping, muscle spasms, muscle spasm | icd10cm R25.2 Cramp and spasm | snomedct 45352006 Spasm
instability, giving way
locking
seizure, seizures, convulsion, convulsions | icd10cm R56.9 Unspecified convulsions | snomedct 91175000 Seizure
hoarseness | icd10cm R49.0 Dysphonia | snomedct 50219008 Hoarse
hot flashes, hot flushes | icd10cm N95.1 Menopausal and female climacteric states | snomedct 198436008 Menopausal flushing
stress | icd10cm F43.9 Reaction to severe stress, unspecified | snomedct 73595000 Stress
claudication | icd10cm I73.9 Peripheral vascular disease, unspecified
flare up, flare ups, flareup, flare
[sign]
edema, leg swelling, lower extremity edema, pitting edema, leg edema, peripheral edema, ankle swelling, lower extremity swelling
  | icd10cm R60.9 Edema, unspecified | snomedct 267038008 Edema
swelling, swollen, puffiness | icd10cm R60.9 Edema, unspecified | snomedct 65124004 Swelling
joint swelling | icd10cm M25.40 Effusion, unspecified joint | snomedct 271771009 Joint swelling
effusion, joint effusion | icd10cm M25.40 Effusion, unspecified joint
tenderness, tender, pain to palpation, pain on palpation, pain with palpation, tenderness to palpation
  | snomedct 247348008 Tenderness
CVA tenderness, costovertebral angle tenderness
rebound tenderness | icd10cm R10.829 Rebound abdominal tenderness, unspecified site
guarding
distress, acute distress, respiratory distress
erythema, redness | icd10cm L53.9 Erythematous condition, unspecified | snomedct 247441003 Erythema
ecchymosis, bruising, bruise, ecchymoses, bruises | icd10cm R58 Hemorrhage, not elsewhere classified
  | snomedct 302227002 Ecchymosis
rash, rashes, skin rash | icd10cm R21 Rash and other nonspecific skin eruption | snomedct 271807003 Eruption of skin
lesion, lesions, skin lesion, skin lesions | icd10cm L98.9 Disorder of the skin and subcutaneous tissue, unspecified
  | snomedct 95324001 Skin lesion
ulcer, ulcers, ulceration | icd10cm L98.499 Non-pressure chronic ulcer of skin of other sites with unspecified severity
jaundice, icterus, jaundiced, scleral icterus | icd10cm R17 Unspecified jaundice | snomedct 18165001 Jaundice
pallor, pale | icd10cm R23.1 Pallor | snomedct 398979000 Pale complexion
cyanosis, cyanotic | icd10cm R23.0 Cyanosis | snomedct 3415004 Cyanosis
clubbing | icd10cm R68.3 Clubbing of fingers | snomedct 30760008 Finger clubbing
wheezing, wheezes, wheeze | icd10cm R06.2 Wheezing | snomedct 56018004 Wheezing
rales, crackles | icd10cm R09.89 Other specified symptoms and signs involving the circulatory and respiratory systems
  | snomedct 48409008 Respiratory crackles
rhonchi | icd10cm R09.89 Other specified symptoms and signs involving the circulatory and respiratory systems
stridor | icd10cm R06.1 Stridor | snomedct 70407001 Stridor
murmur, heart murmur, murmurs, systolic murmur, systolic ejection murmur, diastolic murmur
  | icd10cm R01.1 Cardiac murmur, unspecified | snomedct 88610006 Heart murmur
carotid bruits, carotid bruit, bruits, bruit
  | icd10cm R09.89 Other specified symptoms and signs involving the circulatory and respiratory systems
gallops, gallop, rubs
jugular venous distension, jugular venous distention, JVD
  | icd10cm R09.89 Other specified symptoms and signs involving the circulatory and respiratory systems
tachycardia, tachycardic | icd10cm R00.0 Tachycardia, unspecified | snomedct 3424008 Tachycardia
bradycardia, bradycardic | icd10cm R00.1 Bradycardia, unspecified | snomedct 48867003 Bradycardia
tachypnea | icd10cm R06.82 Tachypnea, not elsewhere classified | snomedct 271823003 Tachypnea
hypoxia, hypoxemia | icd10cm R09.02 Hypoxemia | snomedct 389086002 Hypoxia
cardiomegaly | icd10cm I51.7 Cardiomegaly | snomedct 8186001 Cardiomegaly
lymphadenopathy, swollen lymph nodes, adenopathy, swollen glands, enlarged lymph nodes
  | icd10cm R59.1 Generalized enlarged lymph nodes | snomedct 30746006 Lymphadenopathy
thyromegaly, goiter, enlarged thyroid | icd10cm E04.9 Nontoxic goiter, unspecified | snomedct 3716002 Goiter
hepatomegaly | icd10cm R16.0 Hepatomegaly, not elsewhere classified | snomedct 80515008 Large liver
splenomegaly | icd10cm R16.1 Splenomegaly, not elsewhere classified | snomedct 16294009 Splenomegaly
hepatosplenomegaly | icd10cm R16.2 Hepatomegaly with splenomegaly, not elsewhere classified
  | snomedct 36760000 Hepatosplenomegaly
ascites | icd10cm R18.8 Other ascites | snomedct 389026000 Ascites
abdominal distension, abdominal distention, distension, distention | icd10cm R14.0 Abdominal distension (gaseous)
  | snomedct 41931001 Abdominal distension
mass, masses, palpable mass, lump
hemorrhage, bleeding, bleed | icd10cm R58 Hemorrhage, not elsewhere classified | snomedct 131148009 Bleeding
crepitus
deformity, deformities
atrophy, muscle atrophy
tremor, tremors | icd10cm R25.1 Tremor, unspecified | snomedct 26079004 Tremor
clonus
ataxia | icd10cm R27.0 Ataxia, unspecified | snomedct 20262006 Ataxia
aphasia | icd10cm R47.01 Aphasia | snomedct 87486003 Aphasia
dysarthria, slurred speech | icd10cm R47.1 Dysarthria and anarthria | snomedct 8011004 Dysarthria
facial droop | icd10cm R29.810 Facial weakness
hemiparesis
afebrile | snomedct 86699002 Apyrexial
exudate, exudates, tonsillar exudates
nasal polyps | icd10cm J33.9 Nasal polyp, unspecified | snomedct 52756005 Polyp of nasal cavity
purulent discharge, purulent drainage
proteinuria | icd10cm R80.9 Proteinuria, unspecified | snomedct 29738008 Proteinuria
exacerbation
complication, complications
trauma, injury, injuries
inflammation
subluxation
varus laxity
warmth
scar, scarring
elevated blood pressure, elevated blood pressure reading
  | icd10cm R03.0 Elevated blood-pressure reading, without diagnosis of hypertension
reduced range of motion, limited range of motion, decreased range of motion
`;
