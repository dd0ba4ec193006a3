/** Which texts are taken for English: those that are plainly something else are not, and in doubt they are. */
import { describe, expect, test } from '@jest/globals';
import { isEnglish } from '../../src/clinical-text/language.ts';

describe('A text is taken for English', () => {
  test.each([
    ['a visit note', 'The patient is a 54 year old man with a history of gout. He denies chest pain and takes metformin daily.'],
    ['a list of drugs', 'Metformin 500 mg PO BID\nLisinopril 10 mg PO QD\nAspirin 81 mg PO QD\nAtorvastatin 40 mg PO QHS'],
    ['abbreviations', '54M c/o CP x2d, SOB, no N/V/D. PMHx: DM2, HTN, CAD s/p CABG. A/P: r/o MI, trop q6h.'],
    ['a word', 'Gout.'],
    ['nothing', ''],
    ['numbers alone', '120/80 98.6 72 16 99%'],
    ['Greek letters among Latin ones', 'β-blocker and α-blocker were stopped; TNF-α was high, IFN-γ not.'],
    ['names from elsewhere', 'Mr. José da Silva y Los Santos was seen with his wife, Mme. Des Prés, by Dr. von der Leyen. He has gout and takes allopurinol daily.'],
    ['an English note that quotes the patient in Spanish', 'The patient says "me duele el estómago por las noches y no puedo dormir con una sola almohada". He has had this pain for two weeks and denies fever. The exam was normal and he is to return in a week.'],
  ])('%s', (_what, text) => {
    expect(isEnglish(text)).toBe(true);
  });
});

describe('A text is not read as English', () => {
  test.each([
    ['Spanish', 'El paciente presenta dolor abdominal desde hace tres días, sin fiebre. Se inició tratamiento con una dosis de los antibióticos por la noche y su evolución fue buena.'],
    ['Portuguese', 'O paciente refere dor no peito há dois dias, sem febre. Não apresenta dispneia. Foi medicado com uma dose de aspirina e encaminhado ao hospital, em bom estado, com os exames.'],
    ['French', 'La patiente présente une douleur depuis trois jours, sans fièvre. Elle est traitée par des antalgiques pour les crises, avec un bon effet sur le sommeil et dans la journée.'],
    ['German', 'Die Patientin klagt seit drei Tagen über Schmerzen im Knie, keine Schwellung. Es wurde eine Therapie mit Ibuprofen begonnen, nach der sich das Befinden besserte und die Beweglichkeit zunahm.'],
    ['Italian', 'Il paziente riferisce dolore alla gamba da tre giorni, non ha febbre. È stato trattato con una terapia per il dolore, che ha avuto effetto nel corso della settimana.'],
    ['Dutch', 'De patiënt heeft sinds drie dagen pijn bij het lopen en geen koorts. Er werd een behandeling met pijnstillers gestart, met goed effect, ook voor het slapen naar eigen zeggen.'],
    ['Russian', 'Пациент жалуется на боль в груди в течение двух дней.'],
    ['Chinese', '患者主诉胸痛两天,无发热,无咳嗽。既往有高血压病史。'],
    ['Arabic', 'يشكو المريض من ألم في الصدر منذ يومين دون حمى.'],
    ['Japanese with English names of drugs', '患者は二日前から胸痛を訴えている。アスピリン aspirin を服用中。発熱なし、咳嗽なし。'],
  ])('that is in %s', (_language, text) => {
    expect(isEnglish(text)).toBe(false);
  });

  test('by its beginning, however it goes on', () => {
    const german = 'Die Patientin ist seit drei Tagen krank und hat keine Schmerzen bei der Bewegung. ';
    expect(isEnglish(german.repeat(300) + 'The patient has gout and is to be seen by the doctor. '.repeat(900))).toBe(false);
  });
});
