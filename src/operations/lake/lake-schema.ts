/** The tables of every lake: one for each resource type, and what tells whether they are still those that a lake was built by. */
import { createHash } from 'node:crypto';
import { resourceTypes } from '../../fhir/definitions/resource-types.ts';
import type { LakeTable } from '../../fhir/lake/lake-table.ts';
import { lakeTable } from '../../fhir/lake/lake-tables.ts';

const known: ReadonlySet<string> = new Set(resourceTypes);
const typesByName: ReadonlyMap<string, string> = new Map(resourceTypes.map((type) => [type.toLowerCase(), type]));
let digest: string | undefined;
/** Counts what made of files something else than columns say. 2: those compacted twice before lacked rows. */
const layout = 2;

/** The table of a resource type; `undefined` for what has none. */
export function tableOf(type: string): LakeTable | undefined {
  return known.has(type) ? lakeTable(type) : undefined;
}

/** The table of that name; `undefined` where there is none. */
export function tableNamed(name: string): LakeTable | undefined {
  const type = typesByName.get(name);
  return type === undefined ? undefined : lakeTable(type);
}

/**
 * By which columns rows are written, and how: a lake written otherwise is made anew. It takes a fifth of a second to tell, once.
 */
export function lakeColumns(): string {
  if (digest === undefined) {
    const written = JSON.stringify([layout, ...resourceTypes.map((type) => lakeTable(type).columns)]);
    digest = createHash('sha256').update(written).digest('hex');
  }
  return digest;
}
