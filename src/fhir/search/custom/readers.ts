/** Reads selected elements as values of a search parameter (https://hl7.org/fhir/R4/search.html#ptypes). */
import { impliedSystem } from '../../definitions/implied-systems.mjs';
import type { Json } from '../../json.ts';
import type { Resource } from '../../resource.ts';
import { structureOf } from '../../structures.ts';
import * as date from '../kinds/date.ts';
import * as number from '../kinds/number.ts';
import * as position from '../kinds/position.ts';
import * as quantity from '../kinds/quantity.ts';
import * as reference from '../kinds/reference.ts';
import * as string from '../kinds/string.ts';
import * as token from '../kinds/token.ts';
import * as uri from '../kinds/uri.ts';
import { readerName } from '../reader-names.ts';
import type { SimpleType } from '../reader-names.ts';
import type { SearchValue } from '../values.ts';
import type { Item, Position } from './selection.ts';

/** Adds what the items have for the parameter. */
export type Read = (items: readonly Item[], resource: Resource, into: SearchValue[]) => void;

type Reader = (values: SearchValue[], element: Json | undefined, ...more: readonly (Json | undefined)[]) => void;

/** The names in the table are of these functions; a test holds each against them. */
const kinds = { date, number, quantity, reference, string, token, uri, special: position } as unknown as
  Readonly<Record<SimpleType, Readonly<Record<string, Reader>>>>;

/** @returns `undefined` where none of the positions has a value of the kind */
export function readerOf(kind: SimpleType, positions: readonly Position[], targets: readonly string[]): Read | undefined {
  const byPosition = new Map<Position, (item: Item, resource: Resource, into: SearchValue[]) => void>();
  for (const place of positions) {
    const name = readerName(kind, place.type);
    const reader = name === undefined ? undefined : kinds[kind][name];
    if (name === undefined || reader === undefined) continue;
    const further = name === 'fromResource' ? () => targets : furtherArguments(kind, name, place);
    byPosition.set(place, ({ value }, resource, into) => reader(into, value, ...further(resource)));
  }
  if (byPosition.size === 0) return undefined;
  return (items, resource, into) => {
    for (const item of items) byPosition.get(item.position)?.(item, resource, into);
  };
}

function furtherArguments(kind: SimpleType, name: string, { path }: Position): (resource: Resource) => readonly (Json | undefined)[] {
  if (name === 'fromCode') {
    const system = impliedSystem(path);
    return () => (system === undefined ? [] : [system]);
  }
  if (kind === 'uri' && name === 'fromUri' && hasVersionBeside(path)) return ({ version }) => [version];
  return () => [];
}

/** Beside the canonical URL of a resource stands its version (https://hl7.org/fhir/R4/references.html#canonical). */
function hasVersionBeside(path: string): boolean {
  const [type = '', name, ...deeper] = path.split('.');
  return name === 'url' && deeper.length === 0 && structureOf(type)?.isResource === true && structureOf(type)?.elements.has('version') === true;
}
