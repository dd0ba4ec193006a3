/** The search parameters of ViewDefinition, which R4 does not have (https://build.fhir.org/ig/HL7/sql-on-fhir/artifacts.html). */
import type { Definition } from './search-readers.ts';

/** The parameters of canonical resources and one of its own; composites of use contexts are left to custom parameters. */
export const viewDefinitionParameters: readonly Definition[] = ([
  ['context', 'token', '(ViewDefinition.useContext.value as CodeableConcept)'],
  ['context-type', 'token', 'ViewDefinition.useContext.code'],
  ['date', 'date', 'ViewDefinition.date'],
  ['description', 'string', 'ViewDefinition.description'],
  ['identifier', 'token', 'ViewDefinition.identifier'],
  ['jurisdiction', 'token', 'ViewDefinition.jurisdiction'],
  ['name', 'string', 'ViewDefinition.name'],
  ['publisher', 'string', 'ViewDefinition.publisher'],
  ['resource', 'token', 'ViewDefinition.resource'],
  ['status', 'token', 'ViewDefinition.status'],
  ['title', 'string', 'ViewDefinition.title'],
  ['url', 'uri', 'ViewDefinition.url'],
  ['version', 'token', 'ViewDefinition.version'],
] as const).map(([code, type, expression]) => ({
  url: `http://hl7.org/fhir/SearchParameter/ViewDefinition-${code}`, code, type, expression, base: ['ViewDefinition'],
}));
