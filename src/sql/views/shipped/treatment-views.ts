/** The views of medicines, vaccines, allergies and documents; docs/views.md tells their columns. */
import { columns, concept, shippedView, start } from './view.ts';

const dose = 'dosageInstruction.first().doseAndRate.first().dose.ofType(Quantity)';

export const medications = shippedView({
  name: 'medications',
  title: 'Medications that were prescribed',
  resource: 'MedicationRequest',
  description: 'One row for each prescription. Its medicine has a code, or is a resource of its own.',
  select: [{
    column: columns(
      ['medication_request_id', 'getResourceKey()'],
      ['patient_id', 'subject.getReferenceKey(Patient)'],
      ['encounter_id', 'encounter.getReferenceKey(Encounter)'],
      ['status', 'status'],
      ['intent', 'intent'],
      ...concept('code', 'medication.ofType(CodeableConcept)'),
      ['medication_id', 'medication.ofType(Reference).getReferenceKey(Medication)'],
      ['authored_at', 'authoredOn', 'TIMESTAMP'],
      ['dosage_text', 'dosageInstruction.first().text'],
      ['as_needed', 'dosageInstruction.first().asNeeded.ofType(boolean)', 'BOOLEAN'],
      ['dose', `${dose}.value`, 'DOUBLE PRECISION'],
      ['dose_unit', `${dose}.unit`],
      ['route', 'dosageInstruction.first().route.coding.first().display'],
    ),
  }],
});

export const immunizations = shippedView({
  name: 'immunizations',
  title: 'Immunizations',
  resource: 'Immunization',
  description: 'One row for each vaccination.',
  select: [{
    column: columns(
      ['immunization_id', 'getResourceKey()'],
      ['patient_id', 'patient.getReferenceKey(Patient)'],
      ['encounter_id', 'encounter.getReferenceKey(Encounter)'],
      ['status', 'status'],
      ...concept('vaccine', 'vaccineCode'),
      ['occurred_at', 'occurrence.ofType(dateTime)', 'TIMESTAMP'],
      ['primary_source', 'primarySource', 'BOOLEAN'],
      ['lot_number', 'lotNumber'],
    ),
  }],
});

export const allergies = shippedView({
  name: 'allergies',
  title: 'Allergies and intolerances',
  resource: 'AllergyIntolerance',
  description: 'One row for each allergy or intolerance; of its reactions the first.',
  select: [{
    column: columns(
      ['allergy_id', 'getResourceKey()'],
      ['patient_id', 'patient.getReferenceKey(Patient)'],
      ...concept('code', 'code'),
      ['type', 'type'],
      ['category', 'category.first()'],
      ['criticality', 'criticality'],
      ['clinical_status', 'clinicalStatus.coding.code.first()'],
      ['verification_status', 'verificationStatus.coding.code.first()'],
      ['onset_at', start('onset'), 'TIMESTAMP'],
      ['recorded_at', 'recordedDate', 'TIMESTAMP'],
      ['reaction', 'reaction.first().manifestation.coding.first().display'],
      ['reaction_severity', 'reaction.first().severity'],
    ),
  }],
});

export const documents = shippedView({
  name: 'documents',
  title: 'Documents',
  resource: 'DocumentReference',
  description: 'One row for each document, without its content.',
  select: [{
    column: columns(
      ['document_id', 'getResourceKey()'],
      ['patient_id', 'subject.getReferenceKey(Patient)'],
      ['encounter_id', 'context.encounter.getReferenceKey(Encounter).first()'],
      ['status', 'status'],
      ...concept('type', 'type'),
      ['category', 'category.coding.code.first()'],
      ['written_at', 'date', 'TIMESTAMP'],
      ['description', 'description'],
      ['content_type', 'content.first().attachment.contentType'],
      ['title', 'content.first().attachment.title'],
      ['author_id', 'author.getReferenceKey().first()'],
      ['reading_status', "extension('http://healthlake.amazonaws.com/aws-cm/').extension('http://healthlake.amazonaws.com/aws-cm/status/').value.ofType(string).first()"],
    ),
  }],
});

const read = 'http://healthlake.amazonaws.com/aws-cm/';

/** The entities of one of the answers that a document has. */
const entities = (answer: string, entity: string) => `extension('${read}').extension('${read}${answer}/').extension('${entity}')`;

/** Of an entity: what stands in the extension whose URL begins with that of the entity. */
const part = (entity: string, name: string, type: string) => `extension('${entity}-${name}').value.ofType(${type}).first()`;

function entityColumns(kind: string, entity: string, isCoded: boolean) {
  return columns(
    ['kind', `'${kind}'`],
    ['entity_id', part(entity, 'id', 'integer'), 'INTEGER'],
    ['entity_text', part(entity, 'text', 'string')],
    ['begin_offset', part(entity, 'begin-offset', 'integer'), 'INTEGER'],
    ['end_offset', part(entity, 'end-offset', 'integer'), 'INTEGER'],
    ['score', part(entity, 'score', 'decimal'), 'DOUBLE PRECISION'],
    ['category', part(entity, 'category', 'string')],
    ['type', part(entity, 'type', 'string')],
    ...(['Code', 'Description'] as const).map((name) => [
      `concept_${name.toLowerCase()}`, isCoded ? concepts(entity, name, 'string') : part(entity, `Concept-${name}`, 'string'),
    ] as const),
    ['concept_score', isCoded ? concepts(entity, 'Score', 'decimal') : part(entity, 'Concept-Score', 'decimal'), 'DOUBLE PRECISION'],
  );
}

/** Of the first concept, which is the most likely. */
function concepts(entity: string, name: string, type: string): string {
  return `extension('${entity}-ConceptList').extension('${entity}-Concept').first().extension('${entity}-Concept-${name}').value.ofType(${type}).first()`;
}

const detected = `${read}detect-entities/aws-cm-detect-entities-entity`;
const icd10 = `${read}infer-icd10/aws-cm-icd10-entity`;
const rxNorm = `${read}infer-rxnorm/aws-cm-rxnorm-entity`;

export const documentEntities = shippedView({
  name: 'document_entities',
  title: 'What was found in documents',
  resource: 'DocumentReference',
  description: 'One row for each entity that the reading of a document found; with the likeliest code where one was inferred.',
  select: [
    { column: columns(['document_id', 'getResourceKey()'], ['patient_id', 'subject.getReferenceKey(Patient)']) },
    {
      unionAll: [
        { forEach: entities('detect-entities', detected), column: entityColumns('entity', detected, false) },
        { forEach: entities('infer-icd10', icd10), column: entityColumns('icd10', icd10, true) },
        { forEach: entities('infer-rxnorm', rxNorm), column: entityColumns('rxnorm', rxNorm, true) },
      ],
    },
  ],
});
