/** The names of the index families of parameters that a data store defines (docs/store.md). */
import type { CustomDefinition } from './definition-shape.ts';

const offsetBasis = 0xcbf29ce484222325n;
const prime = 0x100000001b3n;

/**
 * Another for every definition that files other values, or those of other types: what an older definition has filed must
 * never answer for it. A version alone changes nothing.
 */
export function familyOf({ url, code, type, base, expression, targets, components = [] }: CustomDefinition): string {
  const deciding = [url, code, type, base, expression, targets, components.map((one) => [one.code, one.type, one.targets, one.expression])];
  return `custom:${code}:${digest(JSON.stringify(deciding))}`;
}

/** FNV-1a of 64 bits (https://www.rfc-editor.org/rfc/rfc9923): a store has hundreds of definitions, none of them of an adversary. */
function digest(text: string): string {
  let hash = offsetBasis;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime);
  return hash.toString(36);
}
