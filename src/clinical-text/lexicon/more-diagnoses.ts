/**
 * Diagnoses of limbs, nerves, mind, blood and skin, infections and tumours.
 * A sample, not a terminology: common words of common notes. Format: docs/clinical-lexicon.md.
 */
export const moreDiagnoses = `
[diagnosis]
# muscles, bones and joints
osteoarthritis, OA, degenerative joint disease, DJD | icd10cm M19.90 Unspecified osteoarthritis, unspecified site
  | snomedct 396275006 Osteoarthritis
arthritis | icd10cm M19.90 Unspecified osteoarthritis, unspecified site | snomedct 3723001 Arthritis
rheumatoid arthritis | icd10cm M06.9 Rheumatoid arthritis, unspecified | snomedct 69896004 Rheumatoid arthritis
psoriatic arthritis | icd10cm L40.50 Arthropathic psoriasis, unspecified | snomedct 156370009 Psoriatic arthritis
lupus, systemic lupus erythematosus, SLE | icd10cm M32.9 Systemic lupus erythematosus, unspecified
  | snomedct 55464009 Systemic lupus erythematosus
osteoporosis | icd10cm M81.0 Age-related osteoporosis without current pathological fracture | snomedct 64859006 Osteoporosis
osteopenia | icd10cm M85.80 Other specified disorders of bone density and structure, unspecified site
  | snomedct 312894000 Osteopenia
fibromyalgia | icd10cm M79.7 Fibromyalgia | snomedct 203082005 Fibromyalgia
carpal tunnel syndrome | icd10cm G56.00 Carpal tunnel syndrome, unspecified upper limb
  | snomedct 57406009 Carpal tunnel syndrome
rotator cuff tear, torn rotator cuff
  | icd10cm M75.100 Unspecified rotator cuff tear or rupture of unspecified shoulder, not specified as traumatic
  | snomedct 307731004 Injury of tendon of the rotator cuff of shoulder
rotator cuff tendinopathy, rotator cuff tendinitis
meniscal tear, torn meniscus, meniscus tear, medial meniscal tear, medial meniscus tear
  | icd10cm S83.209A Unspecified tear of unspecified meniscus, current injury, unspecified knee, initial encounter
ACL tear, torn ACL, anterior cruciate ligament tear
  | icd10cm S83.519A Sprain of anterior cruciate ligament of unspecified knee, initial encounter
  | snomedct 444470001 Injury of anterior cruciate ligament
lateral epicondylitis, tennis elbow | icd10cm M77.10 Lateral epicondylitis, unspecified elbow
  | snomedct 202855006 Lateral epicondylitis
plantar fasciitis | icd10cm M72.2 Plantar fascial fibromatosis | snomedct 202882003 Plantar fasciitis
trochanteric bursitis | icd10cm M70.60 Trochanteric bursitis, unspecified hip
bursitis | icd10cm M71.9 Bursopathy, unspecified | snomedct 84017003 Bursitis
tendinitis, tendonitis | icd10cm M77.9 Enthesopathy, unspecified | snomedct 34840004 Tendinitis
de Quervain's tenosynovitis | icd10cm M65.4 Radial styloid tenosynovitis [de Quervain]
spinal stenosis | icd10cm M48.00 Spinal stenosis, site unspecified | snomedct 76107001 Spinal stenosis
sciatica | icd10cm M54.30 Sciatica, unspecified side | snomedct 23056005 Sciatica
lumbar radiculopathy | icd10cm M54.16 Radiculopathy, lumbar region
radiculopathy | icd10cm M54.10 Radiculopathy, site unspecified | snomedct 72274001 Nerve root disorder
herniated disc, disc herniation, herniated disk
  | icd10cm M51.9 Unspecified thoracic, thoracolumbar and lumbosacral intervertebral disc disorder
  | snomedct 73589001 Intervertebral disc prolapse
degenerative disc disease | snomedct 77547008 Degeneration of intervertebral disc
scoliosis | icd10cm M41.9 Scoliosis, unspecified | snomedct 298382003 Scoliosis deformity of spine
fracture, fractures, broken bone | snomedct 125605004 Fracture of bone
dislocation | snomedct 108367008 Dislocation of joint
ankle sprain | snomedct 44465007 Sprain of ankle
sprain | snomedct 384709000 Sprain
strain, muscle strain, back strain, lumbar strain | snomedct 48532005 Muscle strain
contusion | snomedct 125667009 Contusion
laceration | snomedct 312608009 Laceration
scaphoid fracture
# nerves and mind
migraine, migraines, migraine headache, migraine headaches
  | icd10cm G43.909 Migraine, unspecified, not intractable, without status migrainosus | snomedct 37796009 Migraine
epilepsy, seizure disorder | icd10cm G40.909 Epilepsy, unspecified, not intractable, without status epilepticus
  | snomedct 84757009 Epilepsy
Parkinson's disease, Parkinson's | icd10cm G20.A1 Parkinson's disease without dyskinesia, without mention of fluctuations
  | snomedct 49049000 Parkinson's disease
Alzheimer's disease, Alzheimer's | icd10cm G30.9 Alzheimer's disease, unspecified | snomedct 26929004 Alzheimer's disease
dementia
  | icd10cm F03.90 Unspecified dementia, unspecified severity, without behavioral disturbance
  | snomedct 52448006 Dementia
multiple sclerosis | icd10cm G35.D Multiple sclerosis, unspecified | snomedct 24700007 Multiple sclerosis
neuropathy, peripheral neuropathy | icd10cm G62.9 Polyneuropathy, unspecified | snomedct 302226006 Peripheral nerve disease
restless legs syndrome, restless leg syndrome | icd10cm G25.81 Restless legs syndrome | snomedct 32914008 Restless legs
Bell's palsy | icd10cm G51.0 Bell's palsy | snomedct 193093009 Bell's palsy
meningitis | icd10cm G03.9 Meningitis, unspecified | snomedct 7180009 Meningitis
concussion | icd10cm S06.0X0A Concussion without loss of consciousness, initial encounter
  | snomedct 110030002 Concussion injury of brain
depression, depressive disorder | icd10cm F32.A Depression, unspecified | snomedct 35489007 Depressive disorder
major depressive disorder, major depression, MDD | icd10cm F32.9 Major depressive disorder, single episode, unspecified
  | snomedct 370143000 Major depressive disorder
anxiety, anxiety disorder | icd10cm F41.9 Anxiety disorder, unspecified | snomedct 48694002 Anxiety
generalized anxiety disorder, GAD | icd10cm F41.1 Generalized anxiety disorder | snomedct 21897009 Generalized anxiety disorder
panic attacks, panic attack, panic disorder | icd10cm F41.0 Panic disorder [episodic paroxysmal anxiety]
  | snomedct 371631005 Panic disorder
bipolar disorder, bipolar | icd10cm F31.9 Bipolar disorder, unspecified | snomedct 13746004 Bipolar disorder
schizophrenia | icd10cm F20.9 Schizophrenia, unspecified | snomedct 58214004 Schizophrenia
PTSD, post traumatic stress disorder, posttraumatic stress disorder
  | icd10cm F43.10 Post-traumatic stress disorder, unspecified | snomedct 47505003 Posttraumatic stress disorder
ADHD, attention deficit hyperactivity disorder, ADD | icd10cm F90.9 Attention-deficit hyperactivity disorder, unspecified type
  | snomedct 406506008 Attention deficit hyperactivity disorder
alcohol use disorder, alcoholism, alcohol dependence | icd10cm F10.20 Alcohol dependence, uncomplicated
  | snomedct 7200002 Alcoholism
autism, autism spectrum disorder | icd10cm F84.0 Autistic disorder | snomedct 408856003 Autistic disorder
suicidal ideation, suicidal thoughts | icd10cm R45.851 Suicidal ideations | snomedct 6471006 Suicidal thoughts
# blood, infection, cancer and skin
anemia, anemic | icd10cm D64.9 Anemia, unspecified | snomedct 271737000 Anemia
iron deficiency anemia | icd10cm D50.9 Iron deficiency anemia, unspecified | snomedct 87522002 Iron deficiency anemia
thrombocytopenia | icd10cm D69.6 Thrombocytopenia, unspecified | snomedct 302215000 Thrombocytopenic disorder
leukocytosis | icd10cm D72.829 Elevated white blood cell count, unspecified | snomedct 111583006 Leukocytosis
sickle cell disease | icd10cm D57.1 Sickle-cell disease without crisis
  | snomedct 417357006 Sickling disorder due to hemoglobin S
sepsis | icd10cm A41.9 Sepsis, unspecified organism | snomedct 91302008 Sepsis
bacteremia | icd10cm R78.81 Bacteremia | snomedct 5758002 Bacteremia
infection | snomedct 40733004 Infectious disease
HIV, HIV infection | icd10cm B20 Human immunodeficiency virus [HIV] disease
  | snomedct 86406008 Human immunodeficiency virus infection
Lyme disease | icd10cm A69.20 Lyme disease, unspecified | snomedct 23502006 Lyme disease
shingles, herpes zoster | icd10cm B02.9 Zoster without complications | snomedct 4740000 Herpes zoster
mononucleosis | icd10cm B27.90 Infectious mononucleosis, unspecified without complication
  | snomedct 271558008 Infectious mononucleosis
cellulitis | icd10cm L03.90 Cellulitis, unspecified | snomedct 128045006 Cellulitis
abscess | icd10cm L02.91 Cutaneous abscess, unspecified | snomedct 128477000 Abscess
osteomyelitis | icd10cm M86.9 Osteomyelitis, unspecified | snomedct 60168000 Osteomyelitis
otitis media, ear infection | icd10cm H66.90 Otitis media, unspecified, unspecified ear | snomedct 65363002 Otitis media
conjunctivitis, pink eye | icd10cm H10.9 Unspecified conjunctivitis | snomedct 9826008 Conjunctivitis
glaucoma | icd10cm H40.9 Unspecified glaucoma | snomedct 23986001 Glaucoma
cataract, cataracts | icd10cm H26.9 Unspecified cataract | snomedct 193570009 Cataract
macular degeneration | icd10cm H35.30 Unspecified macular degeneration | snomedct 267718000 Age-related macular degeneration
cancer, malignancy, malignant neoplasm | icd10cm C80.1 Malignant (primary) neoplasm, unspecified
  | snomedct 363346000 Malignant neoplastic disease
breast cancer | icd10cm C50.919 Malignant neoplasm of unspecified site of unspecified female breast
  | snomedct 254837009 Malignant neoplasm of breast
lung cancer | icd10cm C34.90 Malignant neoplasm of unspecified part of unspecified bronchus or lung
  | snomedct 363358000 Malignant tumor of lung
colon cancer | icd10cm C18.9 Malignant neoplasm of colon, unspecified | snomedct 363406005 Malignant tumor of colon
prostate cancer | icd10cm C61 Malignant neoplasm of prostate | snomedct 399068003 Malignant tumor of prostate
ovarian cancer | icd10cm C56.9 Malignant neoplasm of unspecified ovary | snomedct 363443007 Malignant tumor of ovary
pancreatic cancer | icd10cm C25.9 Malignant neoplasm of pancreas, unspecified | snomedct 363418001 Malignant tumor of pancreas
skin cancer | icd10cm C44.90 Unspecified malignant neoplasm of skin, unspecified | snomedct 372130007 Malignant neoplasm of skin
melanoma | icd10cm C43.9 Malignant melanoma of skin, unspecified | snomedct 372244006 Malignant melanoma
basal cell carcinoma | icd10cm C44.91 Basal cell carcinoma of skin, unspecified
  | snomedct 254701007 Basal cell carcinoma of skin
bladder cancer | icd10cm C67.9 Malignant neoplasm of bladder, unspecified
  | snomedct 399326009 Malignant tumor of urinary bladder
thyroid cancer | icd10cm C73 Malignant neoplasm of thyroid gland | snomedct 363478007 Malignant tumor of thyroid gland
lymphoma | icd10cm C85.90 Non-Hodgkin lymphoma, unspecified, unspecified site | snomedct 118600007 Malignant lymphoma
leukemia | icd10cm C95.90 Leukemia, unspecified not having achieved remission | snomedct 93143009 Leukemia
eczema, atopic dermatitis | icd10cm L20.9 Atopic dermatitis, unspecified | snomedct 24079001 Atopic dermatitis
contact dermatitis | icd10cm L25.9 Unspecified contact dermatitis, unspecified cause | snomedct 40275004 Contact dermatitis
dermatitis | icd10cm L30.9 Dermatitis, unspecified | snomedct 182782007 Dermatitis
psoriasis | icd10cm L40.9 Psoriasis, unspecified | snomedct 9014002 Psoriasis
acne | icd10cm L70.9 Acne, unspecified | snomedct 11381005 Acne
rosacea | icd10cm L71.9 Rosacea, unspecified | snomedct 398909004 Rosacea
hives, urticaria | icd10cm L50.9 Urticaria, unspecified | snomedct 126485001 Urticaria
anaphylaxis | icd10cm T78.2XXA Anaphylactic shock, unspecified, initial encounter | snomedct 39579001 Anaphylaxis
`;
