/**
 * What a note becomes (docs/enrichment.md), by the sentence: read by the local engine, and from answers of the service's form.
 */
import { describe, expect, test } from '@jest/globals';
import { localEngine } from '../../../src/clinical-text/engine.ts';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { checkStructure } from '../../../src/fhir/validate/structure.ts';
import type { NoteReading } from '../../../src/operations/enrichment/note-reading.ts';
import type { NoteResources } from '../../../src/operations/enrichment/resources-of-note.ts';
import { resourcesOfNote } from '../../../src/operations/enrichment/resources-of-note.ts';
import type { Entity } from '../../../src/ports/clinical-nlp.ts';

const engine = localEngine();
const document: NoteReading['document'] = {
  resourceType: 'DocumentReference',
  id: 'note-1',
  status: 'current',
  subject: { reference: 'Patient/p1' },
  context: { encounter: [{ reference: 'Encounter/e1' }] },
  content: [{ attachment: { contentType: 'text/plain' } }],
};
const bound = new Set(['Linkage', 'Provenance']);

async function readingOf(text: string, of: NoteReading['document'] = document): Promise<NoteReading> {
  const [entities, icd10Cm, rxNorm, snomedCt] = await Promise.all([
    engine.detectEntities(text), engine.inferIcd10Cm(text), engine.inferRxNorm(text), engine.inferSnomedCt(text),
  ]);
  return { document: of, engine: engine.engine, recorded: '2026-11-23T01:00:00Z', entities, icd10Cm, rxNorm, snomedCt };
}

async function noted(text: string, of?: NoteReading['document']): Promise<NoteResources> {
  return resourcesOfNote(await readingOf(text, of));
}

async function made(text: string): Promise<readonly JsonObject[]> {
  return (await noted(text)).derived.filter(({ resourceType }) => !bound.has(resourceType));
}

function codingOf(resource: JsonObject | undefined): readonly JsonObject[] {
  return (resource?.code as { readonly coding?: readonly JsonObject[] } | undefined)?.coding ?? [];
}

/** Type and words of each resource. */
async function summary(text: string): Promise<readonly string[]> {
  return (await made(text)).map((resource) => {
    const [familys] = (resource.condition ?? []) as JsonObject[];
    const concept = (resource.code ?? resource.medicationCodeableConcept ?? familys?.code) as { readonly text: string };
    return `${String(resource.resourceType)} ${concept.text}`;
  });
}

describe('A sentence becomes', () => {
  test.each<readonly [string, readonly string[]]>([
    ['Patient has hypertension.', ['Condition hypertension']],
    ['Reports headache.', ['Observation headache']],
    ['Takes lisinopril 20 mg daily.', ['MedicationStatement lisinopril']],
    ['Hemoglobin A1c was 8.1%.', ['Observation Hemoglobin A1c']],
    ['s/p appendectomy.', ['Procedure appendectomy']],
    ['Allergic to penicillin.', ['AllergyIntolerance penicillin']],
    ['ALLERGIES\n\nSulfa: rash.', ['AllergyIntolerance Sulfa']],
    ['Mother had breast cancer.', ['FamilyMemberHistory breast cancer']],
    ['Possible pneumonia.', ['Condition pneumonia']],
  ])('%j: %j', async (text, expected) => {
    expect(await summary(text)).toEqual(expected);
  });

  test.each([
    'Denies chest pain, fever and cough.', 'No evidence of pneumonia.', 'R/o myocardial infarction.', 'Return if fever develops.',
    'Not taking aspirin.', 'No known drug allergies.', 'No family history of colon cancer.', 'Will order a CBC and a colonoscopy.',
    'Consider starting metformin.', 'CBC was ordered.', 'The left knee is stable.',
  ])('nothing: %s', async (text) => {
    expect((await noted(text)).derived).toEqual([]);
  });
});

describe('A resource', () => {
  const note = `HPI: Denies fever. Has type 2 diabetes and possible gout. Past medical history of asthma.
    Reports severe left knee swelling. BP 150/90. Potassium 4.1 mEq/L. Stopped warfarin. Takes metformin 500 mg PO BID and Norvasc 5 mg as needed.
    Allergic to penicillin. Father died of stroke. s/p appendectomy.`;

  test('is valid R4, whatever it is', async () => {
    const { document: read, derived } = await noted(note);
    const types = new Set(derived.map(({ resourceType }) => resourceType));
    expect([...types].sort()).toEqual([
      'AllergyIntolerance', 'Condition', 'FamilyMemberHistory', 'Linkage', 'MedicationStatement', 'Observation', 'Procedure', 'Provenance',
    ]);
    for (const resource of [read, ...derived]) expect(checkStructure(resource, resource.resourceType)).toEqual([]);
  });

  test('has an id of its own that is the same with every reading', async () => {
    const [first, second] = [await noted(note), await noted(note)];
    expect(second).toEqual(first);
    expect(new Set(first.derived.map(({ id }) => id)).size).toBe(first.derived.length);
    const other = await noted(note, { ...document, id: 'note-2' });
    const known = new Set(first.derived.map(({ id }) => id));
    expect(other.derived.filter(({ id }) => known.has(id))).toEqual([]);
  });

  test('has the tag, the words and the certainty it is from', async () => {
    const [condition] = await made('Patient has hypertension.');
    expect(condition).toMatchObject({
      meta: { tag: [{ code: 'SYSTEM_GENERATED', display: 'SYSTEM_GENERATED' }] },
      subject: { reference: 'Patient/p1' },
      encounter: { reference: 'Encounter/e1' },
      evidence: [{ detail: [{ reference: 'DocumentReference/note-1' }] }],
    });
    expect(condition?.extension).toContainEqual({
      url: 'urn:caldera:nlp:text-span',
      extension: [{ url: 'begin', valueInteger: 12 }, { url: 'end', valueInteger: 24 }, { url: 'text', valueString: 'hypertension' }],
    });
    expect(condition?.extension).toContainEqual({
      url: 'http://healthlake.amazonaws.com/aws-cm/infer-icd10/aws-cm-icd10-entity-score', valueDecimal: 0.98,
    });
  });

  test('has real code systems beside HealthLake\'s, the best first', async () => {
    const [condition] = await made('Patient has hypertension.');
    expect(codingOf(condition).map(({ system, code }) => [system, code])).toEqual([
      ['http://hl7.org/fhir/sid/icd-10-cm', 'I10'],
      ['http://snomed.info/sct', '38341003'],
      ['http://healthlake.amazonaws.com/aws-cm/infer-icd10/', 'I10'],
    ]);
  });

  test('of a condition keeps the doubtful, the past and the present apart', async () => {
    const conditions = await made('Has gout. Possible gout. History of gout.');
    const codes = (concept: unknown): unknown => (concept as { coding: { code: string }[] } | undefined)?.coding[0]?.code;
    expect(conditions.map((each) => [codes(each.clinicalStatus), codes(each.verificationStatus)])).toEqual([
      ['active', 'unconfirmed'], ['active', 'provisional'], [undefined, 'unconfirmed'],
    ]);
  });

  test('of a medication has its sig, and is stopped where it was', async () => {
    const [metformin, warfarin] = await made('Takes metformin 500 mg PO BID PRN. Stopped warfarin.');
    expect(metformin).toMatchObject({
      status: 'active',
      dosage: [{
        text: '500 mg PO BID PRN',
        timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' }, code: { text: 'BID PRN' } },
        asNeededBoolean: true,
        route: { text: 'PO' },
        doseAndRate: [{ doseQuantity: { value: 500, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }],
      }],
    });
    expect(warfarin).toMatchObject({ status: 'stopped' });
  });

  test('of a test has its value', async () => {
    const [potassium, pressure, xray] = await made('Potassium 4.1 mEq/L. BP 150/90 mmHg. X-ray was normal.');
    expect(potassium).toMatchObject({ status: 'unknown', valueQuantity: { value: 4.1, unit: 'mEq/L' } });
    expect(pressure).toMatchObject({ valueString: '150/90 mmHg' });
    expect(xray).toMatchObject({ valueString: 'normal' });
  });

  test('is not made where the document does not say of whom it is', async () => {
    const { subject: _, ...nobody } = document;
    expect((await noted('Has asthma.', nobody as NoteReading['document'])).derived).toEqual([]);
    const group = await noted('Has asthma. Allergic to penicillin.', { ...document, subject: { reference: 'Group/g' } });
    expect(group.derived.map(({ resourceType }) => resourceType)).toEqual(['Condition', 'Linkage', 'Provenance']);
  });
});

describe('The document', () => {
  const url = (name: string): string => `http://healthlake.amazonaws.com/${name}`;
  const extensionOf = (holder: JsonObject | undefined, name: string): JsonObject | undefined => {
    return (holder?.extension as JsonObject[] | undefined)?.find((each) => each.url === url(name));
  };

  test('has HealthLake\'s extensions, with raw responses that are JSON', async () => {
    const reading = await readingOf('Takes aspirin for hypertension.');
    const { document: read, derived } = resourcesOfNote(reading);
    const comprehend = extensionOf(read, 'aws-cm/');
    expect(extensionOf(comprehend, 'aws-cm/status/')?.valueString).toBe('SUCCESS');
    const icd10 = extensionOf(comprehend, 'aws-cm/infer-icd10/');
    expect(JSON.parse(extensionOf(icd10, 'aws-cm/infer-icd10/raw-response')?.valueString as string)).toEqual(reading.icd10Cm);
    const entity = extensionOf(icd10, 'aws-cm/infer-icd10/aws-cm-icd10-entity');
    expect(extensionOf(entity, 'aws-cm/infer-icd10/aws-cm-icd10-entity-text')?.valueString).toBe('hypertension');
    const generated = (extensionOf(read, 'system-generated-resources/')?.extension ?? []) as JsonObject[];
    expect(generated.map(({ valueReference }) => (valueReference as JsonObject).reference)).toEqual([
      `Linkage/${derived.find(({ resourceType }) => resourceType === 'Linkage')?.id}`,
      ...derived.filter(({ resourceType }) => !bound.has(resourceType)).map(({ resourceType, id }) => `${resourceType}/${id}`),
    ]);
  });

  test('keeps the extensions of others, and loses those of an earlier reading', async () => {
    const mine = { url: 'https://example.org/mine', valueBoolean: true };
    const first = await noted('Has asthma.', { ...document, extension: [mine] });
    const second = await noted('Has gout.', first.document);
    const urls = (second.document.extension as JsonObject[]).map((each) => each.url);
    expect(urls).toEqual([mine.url, url('aws-cm/'), url('system-generated-resources/')]);
    expect(JSON.stringify(second.document)).not.toContain('asthma');
  });

  test('of too much text says so, as HealthLake does', async () => {
    const { document: read } = await noted('Denies fever. '.repeat(1_000));
    expect(extensionOf(extensionOf(read, 'aws-cm/'), 'aws-cm/status/')?.valueString).toBe('VALIDATION_ERROR');
    expect(extensionOf(read, 'aws-cm/')?.extension).toHaveLength(2);
  });
});

test('Answers of another engine, whose operations see the words differently, become one resource', () => {
  const span = (BeginOffset: number, Text: string): Pick<Entity, 'BeginOffset' | 'EndOffset' | 'Text'> => {
    return { BeginOffset, EndOffset: BeginOffset + Text.length, Text };
  };
  const common = { Score: 0.9, Attributes: [] };
  const condition = { ...common, Category: 'MEDICAL_CONDITION', Type: 'DX_NAME' } as const;
  const reading: NoteReading = {
    document,
    engine: 'comprehendmedical',
    recorded: '2026-11-23T01:00:00Z',
    entities: {
      ModelVersion: '2.4.0',
      Entities: [{ ...condition, Id: 0, ...span(10, 'left knee pain'), Traits: [{ Name: 'SYMPTOM', Score: 0.8 }] }],
    },
    icd10Cm: {
      ModelVersion: '3.0.0',
      Entities: [{
        ...condition, Id: 0, ...span(15, 'knee pain'), Traits: [],
        ICD10CMConcepts: [
          { Code: 'M25.569', Description: 'Pain in unspecified knee', Score: 0.5 },
          { Code: 'M25.562', Description: 'Pain in left knee', Score: 0.7 },
        ],
      }],
    },
    rxNorm: { ModelVersion: '1.0.0', Entities: [] },
    snomedCt: { ModelVersion: '1.0.0', Entities: [] },
  };
  const { derived } = resourcesOfNote(reading);
  expect(derived.map(({ resourceType }) => resourceType)).toEqual(['Observation', 'Linkage', 'Provenance']);
  expect(codingOf(derived[0]).map(({ code }) => code)).toEqual(['M25.562', 'M25.569', 'M25.562', 'M25.569']);
  expect(derived[2]).toMatchObject({ agent: [{ who: { display: 'comprehendmedical' } }] });
});
