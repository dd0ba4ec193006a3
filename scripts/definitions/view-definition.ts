/**
 * ViewDefinition, a resource type of SQL on FHIR v2 which R4 does not have, as if it had it
 * (https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition-definitions.html).
 * What it has in common with R4's own canonical resources is taken from one of these.
 */
import type { ElementSource } from './element-source.ts';

/** Has every element that canonical resources have in common, in R4's types. */
const model = 'ActivityDefinition';

const common: ReadonlySet<string> = new Set([
  '', '.id', '.meta', '.implicitRules', '.language', '.text', '.contained', '.extension', '.modifierExtension',
  '.url', '.identifier', '.version', '.name', '.title', '.status', '.experimental', '.date', '.publisher', '.contact',
  '.description', '.useContext', '.jurisdiction', '.purpose', '.copyright', '.approvalDate', '.lastReviewDate', '.effectivePeriod',
]);

const root = 'ViewDefinition';

/** Types of resources that are not R4's: behind R4's in every list, whose places are kept in stores. */
export const furtherTypes: readonly string[] = [root];

const constantTypes = [
  'base64Binary', 'boolean', 'canonical', 'code', 'date', 'dateTime', 'decimal', 'id', 'instant', 'integer', 'oid', 'string',
  'positiveInt', 'time', 'unsignedInt', 'uri', 'url', 'uuid',
];

/** @param cardinality as `0..1`; a type that begins with # is an element whose definition it shares */
function element(path: string, cardinality: string, ...types: readonly string[]): ElementSource {
  const [min = '0', max = '1'] = cardinality.split('..');
  const [first = ''] = types;
  const typed = first.startsWith('#') ? { contentReference: first } : { type: types.map((code) => ({ code })) };
  return { path: `${root}.${path}`, min: Number(min), max, ...typed };
}

const own: readonly ElementSource[] = [
  element('copyrightLabel', '0..1', 'string'),
  element('topic', '0..*', 'CodeableConcept'),
  element('author', '0..*', 'ContactDetail'),
  element('editor', '0..*', 'ContactDetail'),
  element('reviewer', '0..*', 'ContactDetail'),
  element('endorser', '0..*', 'ContactDetail'),
  element('relatedArtifact', '0..*', 'RelatedArtifact'),
  element('profile', '0..*', 'canonical'),
  { ...element('resource', '1..1', 'code'), isSummary: true },
  element('fhirVersion', '0..*', 'code'),
  element('constant', '0..*', 'BackboneElement'),
  element('constant.name', '1..1', 'string'),
  element('constant.value[x]', '1..1', ...constantTypes),
  element('select', '1..*', 'BackboneElement'),
  element('select.column', '0..*', 'BackboneElement'),
  element('select.column.path', '1..1', 'string'),
  element('select.column.name', '1..1', 'string'),
  element('select.column.description', '0..1', 'markdown'),
  element('select.column.collection', '0..1', 'boolean'),
  element('select.column.type', '0..1', 'uri'),
  element('select.column.tag', '0..*', 'BackboneElement'),
  element('select.column.tag.name', '1..1', 'string'),
  element('select.column.tag.value', '1..1', 'string'),
  element('select.select', '0..*', '#ViewDefinition.select'),
  element('select.forEach', '0..1', 'string'),
  element('select.forEachOrNull', '0..1', 'string'),
  element('select.repeat', '0..*', 'string'),
  element('select.unionAll', '0..*', '#ViewDefinition.select'),
  element('where', '0..*', 'BackboneElement'),
  element('where.path', '1..1', 'string'),
  element('where.description', '0..1', 'string'),
];

/** What each element defined in place has besides. */
const inPlace: readonly ElementSource[] = own
  .filter(({ type }) => type?.[0]?.code === 'BackboneElement')
  .flatMap(({ path }) => {
    const place = path.slice(root.length + 1);
    return [element(`${place}.id`, '0..1', 'http://hl7.org/fhirpath/System.String'), element(`${place}.extension`, '0..*', 'Extension'), element(`${place}.modifierExtension`, '0..*', 'Extension')];
  });

/** @param sources all structure definitions of the package */
export function viewDefinition<Source extends { readonly resourceType: string }>(sources: readonly Source[]): Source {
  const found = sources.find((source) => source.resourceType === 'StructureDefinition' && 'id' in source && source.id === model);
  if (found === undefined) throw new Error(`The definitions have no ${model}.`);
  const { snapshot } = found as unknown as { readonly snapshot: { readonly element: readonly ElementSource[] } };
  const shared = snapshot.element
    .filter(({ path }) => common.has(path.slice(model.length)))
    .map((each) => ({ ...each, path: `${root}${each.path.slice(model.length)}` }));
  return { ...found, id: root, type: root, snapshot: { element: [...shared, ...own, ...inPlace] } };
}
