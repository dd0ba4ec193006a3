/** How clinicians write, and what becomes of it: each line is of notes that were read wrong once. */
import { beforeEach, expect, test } from '@jest/globals';
import { enrichDocument } from '../../../src/operations/enrichment/enrich-document.ts';
import { maxFindings } from '../../../src/operations/enrichment/resources-of-note.ts';
import { note, noteStore } from './note-store.ts';
import type { NoteStore } from './note-store.ts';

let notes: NoteStore;
beforeEach(() => {
  notes = noteStore();
});

const types = ['AllergyIntolerance', 'Condition', 'FamilyMemberHistory', 'MedicationStatement', 'Observation', 'Procedure'];

interface Concept {
  readonly text: string;
}

interface Made {
  readonly resourceType: string;
  readonly status?: string;
  readonly code?: Concept;
  readonly medicationCodeableConcept?: Concept;
  readonly condition?: readonly { readonly code: Concept }[];
  readonly verificationStatus?: { readonly coding: readonly { readonly code: string }[] };
}

/** `Condition gout`, a status that says more than its type behind it. */
async function made(text: string): Promise<readonly string[]> {
  await notes.write(text);
  await enrichDocument(note, notes);
  const all = (await Promise.all(types.map((type) => notes.all(type)))).flat() as unknown as readonly Made[];
  return all.map(({ resourceType, code, medicationCodeableConcept, condition, status, verificationStatus }) => {
    const concept = code ?? medicationCodeableConcept ?? condition?.[0]?.code;
    const doubt = verificationStatus?.coding[0]?.code === 'provisional' ? ' ?' : '';
    return `${resourceType} ${concept?.text}${status === 'stopped' ? ' stopped' : ''}${doubt}`;
  }).sort();
}

test.each([
  // Below a heading of allergies a note may go on without another heading.
  ['Allergies: PCN (hives), sulfa - rash.\nStopped warfarin 3 months ago. Was on prednisone in March. Takes apixaban 5 mg BID.', ['AllergyIntolerance PCN', 'AllergyIntolerance sulfa', 'MedicationStatement apixaban', 'MedicationStatement prednisone stopped', 'MedicationStatement warfarin stopped']],
  ['Allergies:\nPenicillin - anaphylaxis\nCodeine: stopped for nausea\nLisinopril 10 mg daily', ['AllergyIntolerance Codeine', 'AllergyIntolerance Penicillin', 'MedicationStatement Lisinopril']],
  ['Allergies: none.\nHolding metformin before contrast. Switch from sertraline to fluoxetine 20 mg daily.', ['MedicationStatement fluoxetine', 'MedicationStatement sertraline stopped']],
  ['Denies allergy to penicillin. Not allergic to latex. No known allergies to sulfa.', []],
  ['Allergies: denies allergy to penicillin. Allergic to shellfish - anaphylaxis.', ['AllergyIntolerance shellfish']],
  // Whose illness it is.
  ['His wife Anna Klein has breast cancer and diabetes. His brother, Tom, had a stroke. Patient has asthma.', ['Condition asthma', 'FamilyMemberHistory breast cancer', 'FamilyMemberHistory diabetes', 'FamilyMemberHistory stroke']],
  ['His son, Peter Doe, 12, has asthma. His daughter Ann, 3 weeks old.', ['FamilyMemberHistory asthma']],
  ['Brought in by her son Peter. She has pneumonia.', ['Condition pneumonia']],
  // Signs before words.
  ['CV: + chest pain, - palpitations. GI: neg abdominal pain; pos nausea.', ['Observation chest pain', 'Observation nausea']],
  ['1) gout. 2) ? UTI. 3) DVT ppx: heparin 5000 units SQ TID.', ['Condition UTI ?', 'Condition gout', 'MedicationStatement heparin']],
  ['Does she have asthma? She has gout.', expect.arrayContaining(['Condition gout'])],
  ['Strep neg, flu A positive. Gout? Asthma: none recently. Cancer: never.', ['Condition Gout ?', 'Condition flu']],
  ['Friend was diagnosed with tuberculosis. Sister sick with influenza. Child has otitis media.', ['Condition otitis media', 'FamilyMemberHistory influenza', 'FamilyMemberHistory tuberculosis']],
  ['Family hx significant for bipolar disorder and alcoholism.', ['FamilyMemberHistory alcoholism', 'FamilyMemberHistory bipolar disorder']],
  ['Worried about cancer. Educated about signs of stroke. Offered flu vaccine, declined. Declines colonoscopy.', []],
  ['She did not hold methotrexate for her COVID-19 vaccine.', expect.arrayContaining(['Procedure COVID-19 vaccine'])],
  // What is not taken, or no more.
  ['Coumadin - HOLD until INR < 3. Trial off metoprolol. Ran out of lisinopril. Could not tolerate metformin.', ['MedicationStatement lisinopril stopped', 'MedicationStatement metformin stopped', 'MedicationStatement metoprolol stopped', 'Observation INR']],
  ['Will recheck if A1c > 9.', []],
  // What a drug is there for, if it comes.
  ['Fioricet as needed for migraines.', expect.arrayContaining(['Condition migraines'])],
  ['Albuterol 2 puffs q4h prn wheezing. Tylenol as needed for headache, ibuprofen 200 mg daily.', ['MedicationStatement Albuterol', 'MedicationStatement Tylenol', 'MedicationStatement ibuprofen']],
])('%j becomes no more than it says', async (text, expected) => {
  expect(await made(text)).toEqual(expected);
});

test('A dose that is taken another way after it is none of the first', async () => {
  await notes.write('Lasix 40 mg IV x1 then 20 mg PO BID.');
  await enrichDocument(note, notes);
  const [statement] = await notes.all('MedicationStatement') as unknown as [{ dosage: [{ text: string }] }];
  expect(statement.dosage[0].text).toBe('40 mg IV');
});

test('A value with a comparator is no value without it', async () => {
  await notes.write('Troponin < 0.01 ng/mL. A1c >= 9 %.');
  await enrichDocument(note, notes);
  const made = await notes.all('Observation') as unknown as readonly { valueQuantity: object }[];
  expect(made.map(({ valueQuantity }) => valueQuantity)).toEqual(expect.arrayContaining([expect.objectContaining({ comparator: '<', value: 0.01 }), expect.objectContaining({ comparator: '>=', value: 9 })]));
});

test('A note of thousands of findings becomes as many resources as one Linkage can bind, and says that the rest is too much', async () => {
  await notes.write('Has gout.\n\n'.repeat(2_500));
  expect(await enrichDocument(note, notes)).toMatchObject({ came: 'read' });
  const [linkage] = await notes.all('Linkage') as unknown as [{ item: readonly unknown[] }];
  expect(linkage.item).toHaveLength(maxFindings + 1);
  expect(JSON.stringify(await notes.read('DocumentReference/n1'))).toContain('VALIDATION_ERROR');
});
