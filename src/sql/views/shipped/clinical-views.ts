/** The views of people and of what was found of them and done for them; docs/views.md tells their columns. */
import { columns, concept, shippedView, start } from './view.ts';

const usCore = 'http://hl7.org/fhir/us/core/StructureDefinition/';

/** What a US Core extension of race or ethnicity says in words. */
const inWords = (extension: string) => `extension('${usCore}${extension}').extension('text').value.ofType(string).first()`;

export const patientDemographics = shippedView({
  name: 'patient_demographics',
  title: 'Patients',
  resource: 'Patient',
  description: 'One row for each patient.',
  select: [{
    column: columns(
      ['patient_id', 'getResourceKey()'],
      ['active', 'active', 'BOOLEAN'],
      ['gender', 'gender'],
      ['birth_date', 'birthDate', 'DATE'],
      ['deceased', 'deceased.ofType(dateTime).exists() or deceased.ofType(boolean).where($this).exists()', 'BOOLEAN'],
      ['deceased_at', 'deceased.ofType(dateTime)', 'TIMESTAMP'],
      ['family_name', 'name.first().family'],
      ['given_names', "name.first().given.join(' ')"],
      ['marital_status', 'maritalStatus.coding.first().code'],
      ['race', inWords('us-core-race')],
      ['ethnicity', inWords('us-core-ethnicity')],
      ['language', 'communication.language.coding.first().code'],
      ['city', 'address.first().city'],
      ['state', 'address.first().state'],
      ['postal_code', 'address.first().postalCode'],
      ['country', 'address.first().country'],
      ['managing_organization_id', 'managingOrganization.getReferenceKey(Organization)'],
    ),
  }],
});

export const conditions = shippedView({
  name: 'conditions',
  title: 'Conditions',
  resource: 'Condition',
  description: 'One row for each condition: problems and diagnoses.',
  select: [{
    column: columns(
      ['condition_id', 'getResourceKey()'],
      ['patient_id', 'subject.getReferenceKey(Patient)'],
      ['encounter_id', 'encounter.getReferenceKey(Encounter)'],
      ...concept('code', 'code'),
      ['snomed_code', "code.coding.where(system = 'http://snomed.info/sct').code.first()"],
      ['icd10_code', "code.coding.where(system = 'http://hl7.org/fhir/sid/icd-10-cm').code.first()"],
      ['category', 'category.coding.code.first()'],
      ['clinical_status', 'clinicalStatus.coding.code.first()'],
      ['verification_status', 'verificationStatus.coding.code.first()'],
      ['severity', 'severity.coding.code.first()'],
      ['onset_at', start('onset'), 'TIMESTAMP'],
      ['abatement_at', start('abatement'), 'TIMESTAMP'],
      ['recorded_at', 'recordedDate', 'TIMESTAMP'],
    ),
  }],
});

/** What an Observation and its component have alike. */
const values = [
  ...concept('code', 'code'),
  ['value', 'value.ofType(Quantity).value', 'DOUBLE PRECISION'],
  ['unit', 'iif(value.ofType(Quantity).unit.exists(), value.ofType(Quantity).unit, value.ofType(Quantity).code)'],
  ['unit_code', 'value.ofType(Quantity).code'],
  ['comparator', 'value.ofType(Quantity).comparator'],
  ['value_code', 'value.ofType(CodeableConcept).coding.first().code'],
  ['value_text', 'iif(value.ofType(string).exists(), value.ofType(string), iif(value.ofType(CodeableConcept).text.exists(), value.ofType(CodeableConcept).text, value.ofType(CodeableConcept).coding.first().display))'],
  ['value_boolean', 'value.ofType(boolean)', 'BOOLEAN'],
  ['value_integer', 'value.ofType(integer)', 'INTEGER'],
  ['interpretation', 'interpretation.coding.code.first()'],
  ['reference_low', 'referenceRange.low.value.first()', 'DOUBLE PRECISION'],
  ['reference_high', 'referenceRange.high.value.first()', 'DOUBLE PRECISION'],
] as const;

export const observations = shippedView({
  name: 'observations',
  title: 'Observations with units',
  resource: 'Observation',
  description: 'One row for each observation, and one for each component of it that it has, as the two of a blood pressure.',
  select: [
    {
      column: columns(
        ['observation_id', 'getResourceKey()'],
        ['patient_id', 'subject.getReferenceKey(Patient)'],
        ['encounter_id', 'encounter.getReferenceKey(Encounter)'],
        ['status', 'status'],
        ['category', 'category.coding.code.first()'],
        ['effective_at', start('effective'), 'TIMESTAMP'],
        ['issued_at', 'issued', 'TIMESTAMP'],
      ),
    },
    {
      unionAll: [
        { column: columns(['component', 'iif(false, 0)', 'INTEGER'], ...values) },
        { forEach: 'component', column: columns(['component', '%rowIndex', 'INTEGER'], ...values) },
      ],
    },
  ],
});

export const encounters = shippedView({
  name: 'encounters',
  title: 'Encounters',
  resource: 'Encounter',
  description: 'One row for each encounter.',
  select: [{
    column: columns(
      ['encounter_id', 'getResourceKey()'],
      ['patient_id', 'subject.getReferenceKey(Patient)'],
      ['status', 'status'],
      ['class', 'class.code'],
      ...concept('type', 'type.first()'),
      ...concept('reason', 'reasonCode.first()'),
      ['started_at', 'period.start', 'TIMESTAMP'],
      ['ended_at', 'period.end', 'TIMESTAMP'],
      ['discharge_disposition', 'hospitalization.dischargeDisposition.coding.code.first()'],
      ['service_provider_id', 'serviceProvider.getReferenceKey(Organization)'],
      ['location_id', 'location.location.getReferenceKey(Location).first()'],
    ),
  }],
});

export const procedures = shippedView({
  name: 'procedures',
  title: 'Procedures',
  resource: 'Procedure',
  description: 'One row for each procedure.',
  select: [{
    column: columns(
      ['procedure_id', 'getResourceKey()'],
      ['patient_id', 'subject.getReferenceKey(Patient)'],
      ['encounter_id', 'encounter.getReferenceKey(Encounter)'],
      ['status', 'status'],
      ...concept('code', 'code'),
      ...concept('reason', 'reasonCode.first()'),
      ['performed_at', start('performed'), 'TIMESTAMP'],
      ['ended_at', 'performed.ofType(Period).end', 'TIMESTAMP'],
    ),
  }],
});
