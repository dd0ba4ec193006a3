/**
 * Which function in `src/fhir/search/kinds` reads an element for a search parameter
 * (https://hl7.org/fhir/R4/search.html#ptypes), as a statement of the generated extraction.
 */
import { readerName } from '../../src/fhir/search/reader-names.ts';
import type { SearchParameterType } from '../../src/fhir/search/values.ts';
import type { ElementTypes } from './element-types.ts';
import { impliedSystems } from './implied-systems.ts';
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
    // An element that is defined in place has its path for a type at run time.
    const reader = readerName(type, leaf.position.type === 'BackboneElement' ? leaf.position.path : leaf.position.type);
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
