/**
 * Medications by their ingredient, brand names in brackets; preparations of several ingredients have no code here.
 * A sample, not a terminology: common words of common notes. Format: docs/clinical-lexicon.md.
 */
export const medications = `
[medication]
acetaminophen, paracetamol (Tylenol) | rxnorm 161 acetaminophen
aspirin, ASA, baby aspirin (Ecotrin, Bayer) | rxnorm 1191 aspirin
ibuprofen (Advil, Motrin) | rxnorm 5640 ibuprofen
naproxen (Aleve, Naprosyn) | rxnorm 7258 naproxen
meloxicam (Mobic) | rxnorm 41493 meloxicam
celecoxib (Celebrex) | rxnorm 140587 celecoxib
diclofenac (Voltaren) | rxnorm 3355 diclofenac
indomethacin (Indocin) | rxnorm 5781 indomethacin
ketorolac (Toradol) | rxnorm 35827 ketorolac
colchicine (Colcrys) | rxnorm 2683 colchicine
allopurinol (Zyloprim) | rxnorm 519 allopurinol
tramadol (Ultram) | rxnorm 10689 tramadol
oxycodone (OxyContin, Roxicodone) | rxnorm 7804 oxycodone
hydrocodone | rxnorm 5489 hydrocodone
morphine | rxnorm 7052 morphine
codeine | rxnorm 2670 codeine
hydromorphone (Dilaudid) | rxnorm 3423 hydromorphone
fentanyl | rxnorm 4337 fentanyl
methadone | rxnorm 6813 methadone
buprenorphine | rxnorm 1819 buprenorphine
naloxone (Narcan) | rxnorm 7242 naloxone
naltrexone | rxnorm 7243 naltrexone
gabapentin (Neurontin) | rxnorm 25480 gabapentin
pregabalin (Lyrica) | rxnorm 187832 pregabalin
cyclobenzaprine (Flexeril) | rxnorm 21949 cyclobenzaprine
methocarbamol (Robaxin) | rxnorm 6845 methocarbamol
tizanidine (Zanaflex) | rxnorm 57258 tizanidine
baclofen | rxnorm 1292 baclofen
lisinopril (Zestril, Prinivil) | rxnorm 29046 lisinopril
enalapril (Vasotec) | rxnorm 3827 enalapril
ramipril (Altace) | rxnorm 35296 ramipril
benazepril (Lotensin) | rxnorm 18867 benazepril
captopril | rxnorm 1998 captopril
quinapril | rxnorm 35208 quinapril
losartan (Cozaar) | rxnorm 52175 losartan
valsartan (Diovan) | rxnorm 69749 valsartan
olmesartan (Benicar) | rxnorm 321064 olmesartan
irbesartan (Avapro) | rxnorm 83818 irbesartan
candesartan (Atacand) | rxnorm 214354 candesartan
telmisartan (Micardis) | rxnorm 73494 telmisartan
amlodipine (Norvasc) | rxnorm 17767 amlodipine
nifedipine (Procardia) | rxnorm 7417 nifedipine
diltiazem (Cardizem) | rxnorm 3443 diltiazem
verapamil | rxnorm 11170 verapamil
metoprolol, metoprolol succinate, metoprolol tartrate (Toprol, Toprol XL, Lopressor) | rxnorm 6918 metoprolol
atenolol (Tenormin) | rxnorm 1202 atenolol
carvedilol (Coreg) | rxnorm 20352 carvedilol
propranolol (Inderal) | rxnorm 8787 propranolol
bisoprolol | rxnorm 19484 bisoprolol
nebivolol (Bystolic) | rxnorm 31555 nebivolol
labetalol | rxnorm 6185 labetalol
hydrochlorothiazide, HCTZ (Microzide) | rxnorm 5487 hydrochlorothiazide
chlorthalidone | rxnorm 2409 chlorthalidone
furosemide (Lasix) | rxnorm 4603 furosemide
bumetanide (Bumex) | rxnorm 1808 bumetanide
torsemide (Demadex) | rxnorm 38413 torsemide
spironolactone (Aldactone) | rxnorm 9997 spironolactone
clonidine (Catapres) | rxnorm 2599 clonidine
hydralazine | rxnorm 5470 hydralazine
prazosin (Minipress) | rxnorm 8629 prazosin
doxazosin (Cardura) | rxnorm 49276 doxazosin
terazosin | rxnorm 37798 terazosin
nitroglycerin, NTG | rxnorm 4917 nitroglycerin
isosorbide mononitrate (Imdur)
digoxin (Lanoxin) | rxnorm 3407 digoxin
amiodarone (Pacerone) | rxnorm 703 amiodarone
warfarin (Coumadin) | rxnorm 11289 warfarin
apixaban (Eliquis) | rxnorm 1364430 apixaban
rivaroxaban (Xarelto) | rxnorm 1114195 rivaroxaban
dabigatran (Pradaxa) | rxnorm 1037042 dabigatran etexilate
heparin | rxnorm 5224 heparin
enoxaparin (Lovenox) | rxnorm 67108 enoxaparin
clopidogrel (Plavix) | rxnorm 32968 clopidogrel
ticagrelor (Brilinta) | rxnorm 1116632 ticagrelor
prasugrel (Effient) | rxnorm 613391 prasugrel
atorvastatin (Lipitor) | rxnorm 83367 atorvastatin
rosuvastatin (Crestor) | rxnorm 301542 rosuvastatin
simvastatin (Zocor) | rxnorm 36567 simvastatin
pravastatin (Pravachol) | rxnorm 42463 pravastatin
lovastatin | rxnorm 6472 lovastatin
ezetimibe (Zetia) | rxnorm 341248 ezetimibe
fenofibrate (Tricor) | rxnorm 8703 fenofibrate
gemfibrozil (Lopid) | rxnorm 4719 gemfibrozil
statin, statins
beta blocker, beta blockers
metformin (Glucophage) | rxnorm 6809 metformin
glipizide (Glucotrol) | rxnorm 4821 glipizide
glyburide | rxnorm 4815 glyburide
glimepiride (Amaryl) | rxnorm 25789 glimepiride
pioglitazone (Actos) | rxnorm 33738 pioglitazone
sitagliptin (Januvia) | rxnorm 593411 sitagliptin
empagliflozin (Jardiance) | rxnorm 1545653 empagliflozin
dapagliflozin (Farxiga) | rxnorm 1488564 dapagliflozin
canagliflozin (Invokana) | rxnorm 1373458 canagliflozin
liraglutide (Victoza) | rxnorm 475968 liraglutide
semaglutide (Ozempic) | rxnorm 1991302 semaglutide
dulaglutide (Trulicity) | rxnorm 1551291 dulaglutide
insulin glargine (Lantus) | rxnorm 274783 insulin glargine
insulin lispro (Humalog) | rxnorm 86009 insulin lispro
insulin aspart (Novolog) | rxnorm 51428 insulin aspart
insulin | rxnorm 5856 insulin
levothyroxine (Synthroid) | rxnorm 10582 levothyroxine
methimazole | rxnorm 6835 methimazole
omeprazole (Prilosec) | rxnorm 7646 omeprazole
pantoprazole (Protonix) | rxnorm 40790 pantoprazole
esomeprazole (Nexium) | rxnorm 283742 esomeprazole
lansoprazole (Prevacid) | rxnorm 17128 lansoprazole
famotidine (Pepcid) | rxnorm 4278 famotidine
ranitidine (Zantac) | rxnorm 9143 ranitidine
ondansetron (Zofran) | rxnorm 26225 ondansetron
metoclopramide (Reglan) | rxnorm 6915 metoclopramide
promethazine (Phenergan) | rxnorm 8745 promethazine
loperamide (Imodium) | rxnorm 6468 loperamide
docusate (Colace) | rxnorm 82003 docusate
polyethylene glycol (Miralax)
bisacodyl (Dulcolax) | rxnorm 1596 bisacodyl
dicyclomine (Bentyl) | rxnorm 3361 dicyclomine
albuterol, albuterol inhaler (Ventolin, ProAir, Proventil) | rxnorm 435 albuterol
fluticasone (Flonase, Flovent) | rxnorm 41126 fluticasone
salmeterol | rxnorm 36117 salmeterol
budesonide (Pulmicort) | rxnorm 19831 budesonide
mometasone (Nasonex) | rxnorm 108118 mometasone
montelukast (Singulair) | rxnorm 88249 montelukast
tiotropium (Spiriva) | rxnorm 69120 tiotropium
ipratropium (Atrovent) | rxnorm 7213 ipratropium
(Excedrin, Excedrin Migraine, Demerol, Symbicort, Advair, Combivent, Percocet, Norco, Vicodin, Augmentin, Bactrim)
prednisone | rxnorm 8640 prednisone
prednisolone | rxnorm 8638 prednisolone
methylprednisolone (Medrol, Solu-Medrol) | rxnorm 6902 methylprednisolone
dexamethasone (Decadron) | rxnorm 3264 dexamethasone
hydrocortisone | rxnorm 5492 hydrocortisone
triamcinolone (Kenalog) | rxnorm 10759 triamcinolone
steroid, steroids, corticosteroid, corticosteroids
loratadine (Claritin) | rxnorm 28889 loratadine
cetirizine (Zyrtec) | rxnorm 20610 cetirizine
fexofenadine (Allegra) | rxnorm 87636 fexofenadine
diphenhydramine (Benadryl) | rxnorm 3498 diphenhydramine
hydroxyzine (Vistaril, Atarax) | rxnorm 5553 hydroxyzine
meclizine (Antivert) | rxnorm 6676 meclizine
pseudoephedrine (Sudafed) | rxnorm 8896 pseudoephedrine
guaifenesin (Mucinex) | rxnorm 5032 guaifenesin
dextromethorphan (Delsym) | rxnorm 3289 dextromethorphan
benzonatate (Tessalon) | rxnorm 18993 benzonatate
amoxicillin (Amoxil) | rxnorm 723 amoxicillin
azithromycin (Zithromax, Z-Pak) | rxnorm 18631 azithromycin
clarithromycin (Biaxin) | rxnorm 21212 clarithromycin
doxycycline (Vibramycin) | rxnorm 3640 doxycycline
ciprofloxacin (Cipro) | rxnorm 2551 ciprofloxacin
levofloxacin (Levaquin) | rxnorm 82122 levofloxacin
cephalexin (Keflex) | rxnorm 2231 cephalexin
ceftriaxone (Rocephin) | rxnorm 2193 ceftriaxone
penicillin, PCN | rxnorm 70618 penicillin
clindamycin (Cleocin) | rxnorm 2582 clindamycin
metronidazole (Flagyl) | rxnorm 6922 metronidazole
nitrofurantoin (Macrobid) | rxnorm 7454 nitrofurantoin
trimethoprim sulfamethoxazole | rxnorm 10831 sulfamethoxazole / trimethoprim
vancomycin | rxnorm 11124 vancomycin
antibiotic, antibiotics
acyclovir (Zovirax) | rxnorm 281 acyclovir
valacyclovir (Valtrex) | rxnorm 73645 valacyclovir
oseltamivir (Tamiflu) | rxnorm 260101 oseltamivir
fluconazole (Diflucan) | rxnorm 4450 fluconazole
sertraline (Zoloft) | rxnorm 36437 sertraline
fluoxetine (Prozac) | rxnorm 4493 fluoxetine
citalopram (Celexa) | rxnorm 2556 citalopram
escitalopram (Lexapro) | rxnorm 321988 escitalopram
paroxetine (Paxil) | rxnorm 32937 paroxetine
venlafaxine (Effexor) | rxnorm 39786 venlafaxine
duloxetine (Cymbalta) | rxnorm 72625 duloxetine
bupropion (Wellbutrin) | rxnorm 42347 bupropion
trazodone | rxnorm 10737 trazodone
mirtazapine (Remeron) | rxnorm 15996 mirtazapine
amitriptyline (Elavil) | rxnorm 704 amitriptyline
nortriptyline (Pamelor) | rxnorm 7531 nortriptyline
buspirone (Buspar) | rxnorm 1827 buspirone
lorazepam (Ativan) | rxnorm 6470 lorazepam
alprazolam (Xanax) | rxnorm 596 alprazolam
clonazepam (Klonopin) | rxnorm 2598 clonazepam
diazepam (Valium) | rxnorm 3322 diazepam
zolpidem (Ambien) | rxnorm 39993 zolpidem
quetiapine (Seroquel) | rxnorm 51272 quetiapine
risperidone (Risperdal) | rxnorm 35636 risperidone
olanzapine (Zyprexa) | rxnorm 61381 olanzapine
aripiprazole (Abilify) | rxnorm 89013 aripiprazole
haloperidol (Haldol) | rxnorm 5093 haloperidol
lithium | rxnorm 6448 lithium
lamotrigine (Lamictal) | rxnorm 28439 lamotrigine
levetiracetam (Keppra) | rxnorm 114477 levetiracetam
topiramate (Topamax) | rxnorm 38404 topiramate
carbamazepine (Tegretol) | rxnorm 2002 carbamazepine
phenytoin (Dilantin) | rxnorm 8183 phenytoin
sumatriptan (Imitrex) | rxnorm 37418 sumatriptan
rizatriptan (Maxalt) | rxnorm 88014 rizatriptan
donepezil (Aricept) | rxnorm 135447 donepezil
memantine (Namenda) | rxnorm 6719 memantine
levodopa | rxnorm 6375 levodopa
carbidopa levodopa (Sinemet)
ropinirole (Requip) | rxnorm 72302 ropinirole
methylphenidate (Ritalin, Concerta) | rxnorm 6901 methylphenidate
(Adderall)
methotrexate (Trexall) | rxnorm 6851 methotrexate
hydroxychloroquine (Plaquenil) | rxnorm 5521 hydroxychloroquine
sulfasalazine | rxnorm 9524 sulfasalazine
adalimumab (Humira) | rxnorm 327361 adalimumab
etanercept (Enbrel) | rxnorm 214555 etanercept
infliximab (Remicade) | rxnorm 191831 infliximab
azathioprine (Imuran) | rxnorm 1256 azathioprine
tacrolimus | rxnorm 42316 tacrolimus
alendronate (Fosamax) | rxnorm 46041 alendronate
tamsulosin (Flomax) | rxnorm 77492 tamsulosin
finasteride (Proscar) | rxnorm 25025 finasteride
oxybutynin (Ditropan) | rxnorm 32675 oxybutynin
sildenafil (Viagra) | rxnorm 136411 sildenafil
tadalafil (Cialis) | rxnorm 358263 tadalafil
estradiol | rxnorm 4083 estradiol
testosterone | rxnorm 10379 testosterone
tamoxifen | rxnorm 10324 tamoxifen
ferrous sulfate, iron supplement, iron supplements | rxnorm 24947 ferrous sulfate
folic acid | rxnorm 4511 folic acid
vitamin D3, cholecalciferol | rxnorm 2418 cholecalciferol
vitamin D supplement, vitamin D
vitamin B12 injection, cyanocobalamin | rxnorm 11248 cyanocobalamin
potassium chloride (K-Dur) | rxnorm 8591 potassium chloride
calcium supplement, calcium supplements
melatonin | rxnorm 6711 melatonin
multivitamin, multivitamins
fish oil
epinephrine (EpiPen) | rxnorm 3992 epinephrine
lidocaine (Lidoderm) | rxnorm 6387 lidocaine
latanoprost (Xalatan) | rxnorm 43611 latanoprost
nicotine patch, nicotine gum | rxnorm 7407 nicotine
phenazopyridine (Pyridium) | rxnorm 8120 phenazopyridine
`;
