/**
 * Which function in `src/fhir/search/kinds` reads an element for a search parameter
 * (https://hl7.org/fhir/R4/search.html#ptypes), as a statement of the generated extraction.
 */
import type { SearchParameterType } from '../../src/fhir/search/values.ts';
import { definitions, type ElementTypes } from './element-types.ts';
import { quote, type Leaf } from './search-expression.ts';

/** What is read of a SearchParameter (https://hl7.org/fhir/R4/searchparameter.html). */
export interface Definition {
  readonly url: string;
  readonly code: string;
  readonly type: SearchParameterType;
  readonly base: readonly string[];
  readonly expression?: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
}

interface ValueSet {
  readonly resourceType: string;
  readonly url: string;
  readonly compose?: { readonly include: readonly { readonly system?: string; readonly valueSet?: readonly string[] }[] };
}

/** By kind and element type. Composites are made of the others. */
const readers: Readonly<Record<Exclude<SearchParameterType, 'composite'>, Readonly<Record<string, string>>>> = {
  token: {
    CodeableConcept: 'fromCodeableConcept', Coding: 'fromCoding', Identifier: 'fromIdentifier', ContactPoint: 'fromContactPoint',
    code: 'fromCode', boolean: 'fromBoolean', string: 'fromString',
    id: 'fromUri', uri: 'fromUri', url: 'fromUri', canonical: 'fromUri', oid: 'fromUri', uuid: 'fromUri',
  },
  reference: { Reference: 'fromReference', canonical: 'fromCanonical', uri: 'fromCanonical', url: 'fromCanonical', Resource: 'fromResource' },
  string: {
    string: 'fromString', markdown: 'fromString', code: 'fromString', uri: 'fromString',
    HumanName: 'fromHumanName', Address: 'fromAddress', Annotation: 'fromAnnotation',
  },
  date: { date: 'fromDateTime', dateTime: 'fromDateTime', instant: 'fromDateTime', Period: 'fromPeriod', Timing: 'fromTiming' },
  number: {
    decimal: 'fromNumber', integer: 'fromNumber', positiveInt: 'fromNumber', unsignedInt: 'fromNumber', Range: 'fromRange',
  },
  quantity: {
    Quantity: 'fromQuantity', Age: 'fromQuantity', Count: 'fromQuantity', Distance: 'fromQuantity', Duration: 'fromQuantity',
    Money: 'fromMoney', Range: 'fromRange', SampledData: 'fromSampledData',
  },
  uri: { uri: 'fromUri', url: 'fromUri', oid: 'fromUri', uuid: 'fromUri', canonical: 'fromCanonical' },
  special: { BackboneElement: 'fromPosition' },
};

/** The files in `src/fhir/search/kinds`, each a module under this name in the generated extraction. */
export const modules = ['date', 'number', 'position', 'quantity', 'reference', 'string', 'token', 'uri'] as const;

/** Makes the statements that read elements; keeps what could not be read. */
export class ElementReaders {
  readonly #elements: ElementTypes;
  readonly #impliedSystem = impliedSystems();
  /** `kind of Type: path` for each element that a parameter selects and that has no value of the parameter's kind. */
  readonly withoutValue = new Set<string>();

  constructor(elements: ElementTypes) {
    this.#elements = elements;
  }

  /** The statement that adds the element's values to the list named `into`; none for a type without a value of the kind. */
  statement(parameter: Definition, leaf: Leaf, into: string): string {
    const { type } = parameter;
    if (type === 'composite') throw new Error(`${parameter.url} is a composite, whose parts are read one by one.`);
    const reader = readers[type][leaf.position.type];
    if (reader === undefined) {
      this.withoutValue.add(`${type} of ${leaf.position.type}: ${leaf.position.path}`);
      return '';
    }
    const kind = type === 'special' ? 'position' : type;
    return `${kind}.${reader}(${[into, leaf.expression, ...this.#furtherArguments(parameter, leaf, reader)].join(', ')});`;
  }

  #furtherArguments(parameter: Definition, { position, target }: Leaf, reader: string): readonly string[] {
    if (reader === 'fromCode') {
      const system = this.#impliedSystem(this.#elements.requiredValueSet(position.path));
      return system === undefined ? [] : [quote(system)];
    }
    if (reader === 'fromResource') return (parameter.target ?? []).map(quote);
    if (parameter.type === 'uri') return this.#versionOf(position.path);
    return target === undefined ? [] : [quote(target)];
  }

  /** Beside the canonical URL of a resource stands its version (https://hl7.org/fhir/R4/references.html#canonical). */
  #versionOf(path: string): readonly string[] {
    const [type, name, ...deeper] = path.split('.');
    return name === 'url' && deeper.length === 0 && this.#elements.has(`${type}.version`) ? ['resource.version'] : [];
  }
}

/** From a value set's URL to the one code system it draws from; `undefined` when there are several. */
/** Most bindings are to value sets of FHIR itself, a few (confidentiality) to those of version 3. */
const terminologyFiles = ['valuesets.json', 'v3-codesystems.json'];

function impliedSystems(): (valueSet: string | undefined) => string | undefined {
  const systems = new Map<string, string>();
  for (const { resourceType, url, compose } of terminologyFiles.flatMap((file) => definitions<ValueSet>(file))) {
    if (resourceType !== 'ValueSet' || compose === undefined) continue;
    const included = new Set(compose.include.map(({ system, valueSet }) => (valueSet === undefined ? system : undefined)));
    const [system] = included;
    if (included.size === 1 && system !== undefined) systems.set(url, system);
  }
  return (valueSet) => (valueSet === undefined ? undefined : systems.get(valueSet));
}
