/** URLs of what enrichment writes: HealthLake's own, so that what reads its documents reads ours, and real code systems. */

/** https://docs.aws.amazon.com/healthlake/latest/devguide/reference-nlp.html */
const root = 'http://healthlake.amazonaws.com/';

export const healthLakeUrl = {
  root,
  comprehend: `${root}aws-cm/`,
  detectEntities: `${root}aws-cm/detect-entities/`,
  inferIcd10: `${root}aws-cm/infer-icd10/`,
  inferRxNorm: `${root}aws-cm/infer-rxnorm/`,
  status: `${root}aws-cm/status/`,
  message: `${root}aws-cm/message/`,
  generated: `${root}system-generated-resources/`,
  generatedLinkage: `${root}system-generated-linkage`,
  sourceDocument: `${root}source-document-reference`,
} as const;

export const systems = {
  icd10Cm: 'http://hl7.org/fhir/sid/icd-10-cm',
  rxNorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  snomedCt: 'http://snomed.info/sct',
  ucum: 'http://unitsofmeasure.org',
} as const;

/** What HealthLake has no name for. */
export const calderaUrl = {
  /** The system of tags by which documents are kept from being read. */
  tags: 'urn:caldera:nlp',
  textSpan: 'urn:caldera:nlp:text-span',
  trait: 'urn:caldera:nlp:trait',
  /** On a derived resource: a digest of it as it was made. */
  asMade: 'urn:caldera:nlp:as-made',
  /** On a Linkage: a resource of the note that a person removed. */
  withdrawn: 'urn:caldera:nlp:withdrawn',
  /** Within HealthLake's extension of a document: which text was read, by what. */
  reading: 'urn:caldera:nlp:reading',
} as const;

/** On every resource that enrichment makes; `_tag:not` leaves them out. HealthLake's has a display alone: no search finds it. */
export const generatedTag = { system: root, code: 'SYSTEM_GENERATED', display: 'SYSTEM_GENERATED' } as const;
