/**
 * Where the definitions package departs from the published R4 (4.0.1) StructureDefinitions
 * (https://hl7.org/fhir/R4/profilelist.html): elements taken from R5, from R4B or from its publisher's own product,
 * and a few changed ones. Found by comparing every element of every type with the official definitions;
 * everything not named here was equal.
 */
import type { ElementSource } from './element-source.ts';

/** Resource types of R4B that R4 does not have. */
export const typesNotInR4: ReadonlySet<string> = new Set(['SubscriptionStatus']);

/** Paths that R4 does not have, each with everything below it. */
const pathsNotInR4 = [
  'Binary.url',
  'DeviceDefinition.bodySite',
  'DeviceDefinition.classification',
  'EvidenceVariable.characteristic.definitionByCombination',
  'EvidenceVariable.characteristic.definitionByTypeAndValue',
  'EvidenceVariable.characteristic.definitionCanonical',
  'EvidenceVariable.characteristic.definitionCodeableConcept',
  'EvidenceVariable.characteristic.definitionExpression',
  'EvidenceVariable.characteristic.definitionId',
  'EvidenceVariable.characteristic.definitionReference',
  'EvidenceVariable.characteristic.duration[x]',
  'EvidenceVariable.characteristic.instances[x]',
  'EvidenceVariable.characteristic.linkId',
  'EvidenceVariable.characteristic.note',
  'EvidenceVariable.characteristic.timeFromEvent',
  'HealthcareService.offeredIn',
  'Meta.account',
  'Meta.accounts',
  'Meta.author',
  'Meta.compartment',
  'Meta.deleted',
  'Meta.onBehalfOf',
  'Meta.project',
  'ObservationDefinition.publisher',
  'ResearchStudy.associatedParty',
  'ResearchStudy.classifier',
  'ResearchStudy.comparisonGroup',
  'ResearchStudy.descriptionSummary',
  'ResearchStudy.label',
  'ResearchStudy.name',
  'ResearchStudy.objective.description',
  'ResearchStudy.outcomeMeasure',
  'ResearchStudy.progressStatus',
  'ResearchStudy.recruitment',
  'ResearchStudy.region',
  'ResearchStudy.result',
  'ResearchStudy.studyDesign',
  'ResearchStudy.whyStopped',
];

const base = 'http://hl7.org/fhir/StructureDefinition/';
const reference = (...targets: string[]) => ({ code: 'Reference', targetProfile: targets.map((target) => base + target) });
const required = (name: string) => ({ strength: 'required', valueSet: `http://hl7.org/fhir/ValueSet/${name}|4.0.1` });
const caregivers = ['PractitionerRole', 'Practitioner', 'Organization', 'Device', 'Patient', 'RelatedPerson'];

/** What the named elements say in R4, laid over what the package says. */
const changed: Record<string, Partial<ElementSource>> = {
  'AuditEvent.agent.who': { type: [reference(...caregivers)] },
  'AuditEvent.source.observer': { type: [reference(...caregivers)] },
  'Bundle.entry.response.outcome': { type: [{ code: 'Resource' }] },
  'DetectedIssue.status': { binding: required('observation-status') },
  'EvidenceVariable.characteristic': { min: 1 },
  'EvidenceVariable.characteristic.description': { type: [{ code: 'string' }] },
  'MeasureReport.subject': {
    type: [reference('Patient', 'Practitioner', 'PractitionerRole', 'Location', 'Device', 'RelatedPerson', 'Group')],
  },
  'ResearchStudy.site': { type: [reference('Location')] },
};

/** Elements of R4 that the package lost. */
const missing: readonly ElementSource[] = [
  {
    path: 'EvidenceVariable.characteristic.definition[x]',
    min: 1,
    max: '1',
    isSummary: true,
    type: [
      reference('Group'),
      ...['canonical', 'CodeableConcept', 'Expression', 'DataRequirement', 'TriggerDefinition'].map((code) => ({ code })),
    ],
  },
  { path: 'EvidenceVariable.characteristic.usageContext', min: 0, max: '*', type: [{ code: 'UsageContext' }] },
  {
    path: 'EvidenceVariable.characteristic.participantEffective[x]',
    min: 0,
    max: '1',
    type: ['dateTime', 'Period', 'Duration', 'Timing'].map((code) => ({ code })),
  },
  { path: 'EvidenceVariable.characteristic.timeFromStart', min: 0, max: '1', type: [{ code: 'Duration' }] },
  {
    path: 'EvidenceVariable.characteristic.groupMeasure',
    min: 0,
    max: '1',
    type: [{ code: 'code' }],
    binding: required('group-measure'),
  },
];

/** The elements of one type as R4 has them. */
export function correctToR4(elements: readonly ElementSource[]): ElementSource[] {
  const root = elements[0]?.path ?? '';
  const kept = elements
    .filter(({ path }) => !pathsNotInR4.some((absent) => path === absent || path.startsWith(`${absent}.`)))
    .map((element) => ({ ...element, ...changed[element.path] }));
  return [...kept, ...missing.filter(({ path }) => path.startsWith(`${root}.`))];
}
