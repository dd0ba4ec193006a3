/**
 * Parts of the body.
 * A sample, not a terminology: common words of common notes. Format: docs/clinical-lexicon.md.
 */
export const anatomy = `
[anatomy]
knee | snomedct 72696002 Knee region structure
chest, thorax | snomedct 51185008 Thoracic structure
abdomen, belly | snomedct 818983003 Abdomen
heart | snomedct 80891009 Heart structure
lung, lungs | snomedct 39607008 Lung structure
liver | snomedct 10200004 Liver structure
kidney, kidneys | snomedct 64033007 Kidney structure
head | snomedct 69536005 Head structure
neck | snomedct 45048000 Neck structure
shoulder | snomedct 16982005 Shoulder region structure
elbow | snomedct 127949000 Elbow region structure
wrist | snomedct 8205005 Wrist region structure
hand | snomedct 85562004 Hand structure
hip | snomedct 29836001 Hip region structure
ankle | snomedct 344001 Ankle region structure
foot, feet | snomedct 56459004 Foot structure
back | snomedct 77568009 Back structure
lower back, low back, lumbar spine, lumbar
spine | snomedct 421060004 Structure of vertebral column
brain | snomedct 12738006 Brain structure
eye, eyes | snomedct 81745001 Structure of eye
ear, ears | snomedct 117590005 Ear structure
nose | snomedct 45206002 Nasal structure
throat | snomedct 54066008 Pharyngeal structure
skin | snomedct 39937001 Skin structure
stomach | snomedct 69695003 Stomach structure
colon | snomedct 71854001 Colon structure
prostate | snomedct 41216001 Prostatic structure
breast, breasts | snomedct 76752008 Breast structure
uterus | snomedct 35039007 Uterine structure
bladder | snomedct 89837001 Urinary bladder structure
arm, upper arm, forearm
leg, lower leg, calf
thigh | snomedct 68367000 Thigh structure
finger, fingers | snomedct 7569003 Finger structure
thumb | snomedct 76505004 Thumb structure
toe, toes | snomedct 29707007 Toe structure
lower extremity, lower extremities | snomedct 61685007 Lower limb structure
upper extremity, upper extremities | snomedct 53120007 Upper limb structure
pelvis | snomedct 12921003 Pelvic structure
thyroid | snomedct 69748006 Thyroid structure
spleen | snomedct 78961009 Splenic structure
pancreas | snomedct 15776009 Pancreatic structure
face | snomedct 89545001 Face structure
groin | snomedct 26893007 Inguinal region structure
tongue | snomedct 21974007 Tongue structure
gallbladder | snomedct 28231008 Gallbladder structure
esophagus | snomedct 32849002 Esophageal structure
right upper quadrant, RUQ, left lower quadrant, LLQ, right lower quadrant, RLQ, left upper quadrant, LUQ
scalp, forehead, jaw, cheek, heel, toenail, fingernail, buttock
`;
