/**
 * The resources that a note's findings become: Condition, Observation, MedicationStatement, Procedure, AllergyIntolerance, and
 * FamilyMemberHistory for what relatives have. A negated or hypothetical finding becomes none, whatever it is.
 */
import type { JsonObject } from '../../fhir/json.ts';
import type { TraitName } from '../../ports/clinical-nlp.ts';
import type { DerivedResource } from './derived-resource.ts';
import { conceptOf, derive, encounterOf, referenceTo, subjectOf } from './derived-resource.ts';
import { dosageOf } from './dosage.ts';
import type { Finding, NoteReading } from './note-reading.ts';

type Maker = (finding: Finding, reading: NoteReading, subject: JsonObject) => DerivedResource;

/** The resource of a finding, or none: where it asserts nothing, or the document does not say of whom it is. */
export function resourceOf(finding: Finding, reading: NoteReading): DerivedResource | undefined {
  const subject = subjectOf(reading);
  const make = makerOf(finding);
  if (make === undefined || subject === undefined) return undefined;
  if (patientOnly.has(make) && !isPatient(subject)) return undefined;
  return make(finding, reading, subject);
}

function has({ traits }: Finding, ...names: readonly TraitName[]): boolean {
  return names.some((name) => traits.has(name));
}

function makerOf(finding: Finding): Maker | undefined {
  if (finding.allergy) return isDenied(finding) ? undefined : allergyIntolerance;
  if (has(finding, 'NEGATION', 'HYPOTHETICAL')) return undefined;
  const { Category, Type } = finding.entity;
  const relatives = has(finding, 'PERTAINS_TO_FAMILY');
  if (relatives) return Category === 'MEDICAL_CONDITION' ? familyMemberHistory : undefined;
  if (Category === 'MEDICATION') return medicationStatement;
  if (Category === 'MEDICAL_CONDITION') return conditionMaker(finding);
  if (Category !== 'TEST_TREATMENT_PROCEDURE' || has(finding, 'FUTURE')) return undefined;
  if (Type !== 'TEST_NAME') return procedure;
  return finding.attributes.some((attribute) => attribute.Type === 'TEST_VALUE') ? testObservation : undefined;
}

/** That a drug is not taken is said of an allergy too; that there is no allergy is said of the allergy. */
function isDenied(finding: Finding): boolean {
  return finding.entity.Category !== 'MEDICATION' && has(finding, 'NEGATION');
}

function conditionMaker(finding: Finding): Maker | undefined {
  if (has(finding, 'DIAGNOSIS')) return condition;
  return has(finding, 'SIGN', 'SYMPTOM') ? observation : undefined;
}

function isPatient({ reference: written }: JsonObject): boolean {
  return typeof written === 'string' && /(?:^|\/)Patient\/[^/]+$/.test(written);
}

/**
 * https://hl7.org/fhir/R4/condition.html. No person has confirmed it; one of the past is not said to be active, nor to be over;
 * one that the note itself doubts is provisional.
 */
function condition(finding: Finding, reading: NoteReading, subject: JsonObject): DerivedResource {
  const encounter = encounterOf(reading);
  const verification = has(finding, 'LOW_CONFIDENCE') ? 'provisional' : 'unconfirmed';
  return {
    ...derive('Condition', finding, reading),
    ...(!has(finding, 'PAST_HISTORY') && { clinicalStatus: status('condition-clinical', 'active') }),
    verificationStatus: status('condition-ver-status', verification),
    code: conceptOf(finding),
    ...bodySite(finding),
    subject,
    ...(encounter !== undefined && { encounter }),
    evidence: [{ detail: [referenceTo(reading.document)] }],
  };
}

/** A test with its value (https://hl7.org/fhir/R4/observation.html). */
function testObservation(finding: Finding, reading: NoteReading, subject: JsonObject): DerivedResource {
  return { ...observation(finding, reading, subject), ...valueOf(finding) };
}

/** Of a sign or symptom the finding is the code, as HealthLake has it. */
function observation(finding: Finding, reading: NoteReading, subject: JsonObject): DerivedResource {
  const encounter = encounterOf(reading);
  const site = bodySite(finding).bodySite?.[0];
  return {
    ...derive('Observation', finding, reading),
    status: 'unknown',
    code: conceptOf(finding),
    subject,
    ...(encounter !== undefined && { encounter }),
    ...(site !== undefined && { bodySite: site }),
    // Of the documents that are read, R4 lets an Observation be derived from this type alone.
    ...(reading.document.resourceType === 'DocumentReference' && { derivedFrom: [referenceTo(reading.document)] }),
  };
}

/** A number is a quantity; what is none, as 150/90 or "normal", stays as it is written. */
function valueOf({ attributes }: Finding): JsonObject {
  const value = attributes.find(({ Type }) => Type === 'TEST_VALUE')?.Text ?? '';
  const unit = attributes.find(({ Type }) => Type === 'TEST_UNIT')?.Text;
  const [, written, number] = /^([<>]=?|[\u2264\u2265])?\s?(\d{1,9}(?:\.\d{1,6})?)$/.exec(value) ?? [];
  if (number === undefined) return { valueString: unit === undefined ? value : `${value} ${unit}` };
  const comparator = written?.replace('\u2264', '<=').replace('\u2265', '>=');
  return { valueQuantity: { value: Number(number), ...(comparator !== undefined && { comparator }), ...(unit !== undefined && { unit }) } };
}

/** https://hl7.org/fhir/R4/medicationstatement.html: a drug of the past is stopped. */
function medicationStatement(finding: Finding, reading: NoteReading, subject: JsonObject): DerivedResource {
  const encounter = encounterOf(reading);
  const dosage = [...dosageOf(finding.attributes)];
  return {
    ...derive('MedicationStatement', finding, reading),
    status: has(finding, 'PAST_HISTORY') ? 'stopped' : 'active',
    medicationCodeableConcept: conceptOf(finding),
    subject,
    ...(encounter !== undefined && { context: encounter }),
    derivedFrom: [referenceTo(reading.document)],
    ...(dosage.length > 0 && { dosage }),
  };
}

/** https://hl7.org/fhir/R4/procedure.html: only of what was done before is it known that it is completed. */
function procedure(finding: Finding, reading: NoteReading, subject: JsonObject): DerivedResource {
  const encounter = encounterOf(reading);
  return {
    ...derive('Procedure', finding, reading),
    status: has(finding, 'PAST_HISTORY') ? 'completed' : 'unknown',
    code: conceptOf(finding),
    subject,
    ...(encounter !== undefined && { encounter }),
    report: [referenceTo(reading.document)],
  };
}

/** https://hl7.org/fhir/R4/allergyintolerance.html */
function allergyIntolerance(finding: Finding, reading: NoteReading, subject: JsonObject): DerivedResource {
  const encounter = encounterOf(reading);
  return {
    ...derive('AllergyIntolerance', finding, reading),
    clinicalStatus: status('allergyintolerance-clinical', 'active'),
    verificationStatus: status('allergyintolerance-verification', 'unconfirmed'),
    ...(finding.entity.Category === 'MEDICATION' && { category: ['medication'] }),
    code: conceptOf(finding),
    patient: subject,
    ...(encounter !== undefined && { encounter }),
  };
}

/** https://hl7.org/fhir/R4/familymemberhistory.html: which relative it was, the engines do not say. */
function familyMemberHistory(finding: Finding, reading: NoteReading, subject: JsonObject): DerivedResource {
  const familyMember = { system: 'http://terminology.hl7.org/CodeSystem/v3-RoleCode', code: 'FAMMEMB', display: 'family member' };
  return {
    ...derive('FamilyMemberHistory', finding, reading),
    status: 'partial',
    patient: subject,
    relationship: { coding: [familyMember] },
    condition: [{ code: conceptOf(finding) }],
  };
}

const patientOnly: ReadonlySet<Maker> = new Set([allergyIntolerance, familyMemberHistory]);

function status(system: string, code: string): JsonObject {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }] };
}

/** The site with its side, as it is written. */
function bodySite({ attributes }: Finding): { readonly bodySite?: [JsonObject] } {
  const site = attributes.find(({ Type }) => Type === 'SYSTEM_ORGAN_SITE')?.Text;
  const side = attributes.find(({ Type }) => Type === 'DIRECTION')?.Text;
  const text = [side, site].filter((word) => word !== undefined).join(' ');
  return text === '' ? {} : { bodySite: [{ text }] };
}
