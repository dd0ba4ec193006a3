/** Short ways to write the ViewDefinitions that Caldera brings along. */
import type { JsonObject } from '../../../fhir/json.ts';

/** Where the definitions of Caldera's own views are said to be; a name for them, no address. */
const base = 'urn:caldera:view:';

/** A column: its name, its path, and the SQL type that it is wanted in where that is not a text. */
export type ColumnText = readonly [name: string, path: string, sqlType?: string];

export interface ShippedDefinition {
  readonly name: string;
  readonly title: string;
  readonly resource: string;
  readonly description: string;
  readonly select: readonly JsonObject[];
  readonly where?: readonly string[];
  readonly constant?: readonly JsonObject[];
}

export function columns(...list: readonly ColumnText[]): JsonObject[] {
  return list.map(([name, path, sqlType]) => ({
    name, path, ...(sqlType === undefined ? {} : { tag: [{ name: 'ansi/type', value: sqlType }] }),
  }));
}

/** A ViewDefinition. */
export interface ShippedView extends JsonObject {
  readonly resourceType: 'ViewDefinition';
  readonly name: string;
}

export function shippedView({ name, title, resource, description, select, where = [], constant }: ShippedDefinition): ShippedView {
  return {
    resourceType: 'ViewDefinition',
    id: name.replaceAll('_', '-'),
    url: `${base}${name}`,
    name, title, status: 'active', publisher: 'Caldera', description, resource,
    fhirVersion: ['4.0.1'],
    ...(constant === undefined ? {} : { constant: [...constant] }),
    select: [...select],
    ...(where.length === 0 ? {} : { where: where.map((path) => ({ path })) }),
  };
}

/** Columns of a CodeableConcept: its first coding, and the text that people read. */
export function concept(prefix: string, path: string): ColumnText[] {
  return [
    [`${prefix}_system`, `${path}.coding.first().system`],
    [prefix, `${path}.coding.first().code`],
    [`${prefix}_display`, `iif(${path}.text.exists(), ${path}.text, ${path}.coding.first().display)`],
  ];
}

/** The moment of a choice of dateTime and Period: of the latter its start. */
export function start(path: string): string {
  return `iif(${path}.ofType(dateTime).exists(), ${path}.ofType(dateTime), ${path}.ofType(Period).start)`;
}
