/** Which of the walks that could answer a query does: the first pages of all are read side by side, and the shortest drives. */
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { SearchRequest } from './candidate-acceptance.ts';
import type { Choice } from './chosen-driver.ts';
import { continued, walkIndex, type Candidate, type IndexWalk, type Place } from './index-walk.ts';
import { unlessLongSpans } from './long-spans.ts';
import type { Driver } from './search-plan.ts';

/** A driver that ends within so many entries is selective enough to need no comparison. */
export const probeRows = 100;
/** Drivers that are compared: they come in the order of their promise, and each costs a page of the index. */
const maxProbes = 6;
/** Reads of a walk that passes over entries; one that has not ended by then is not selective. */
const maxProbeReads = 3;

export interface Choosing {
  /** Whether its size is wanted even where there is nothing to choose. */
  readonly measured?: boolean;
  /** Candidates that are going to be read first, where long spans are to be looked out for. */
  readonly first?: number;
}

/** The driver that ends within its first page; else the presumably most selective, unless it meets many long spans that ended before. */
export async function chooseDriver(index: OrderedTable, possible: readonly Driver[], { measured = false, first }: Choosing = {}): Promise<Choice> {
  const choice = await choosePromising(index, possible, measured);
  return first === undefined || choice.size < Infinity ? choice : unlessLongSpans(index, possible, { choice, first });
}

async function choosePromising(index: OrderedTable, possible: readonly Driver[], measured: boolean): Promise<Choice> {
  const indexed = possible.filter(({ kind, standsIn }) => kind !== 'type' && standsIn === undefined).slice(0, maxProbes);
  const [first] = indexed;
  if (first === undefined || first.kind === 'ids') return { chosen: 0, size: first?.ids?.length ?? Infinity };
  if (!measured && (indexed.length < 2 || first.kind === 'patient-code')) return { chosen: 0, size: Infinity };
  const probes = await Promise.all(indexed.map(async (driver) => {
    const walk = walkIndex(index, driver.walk);
    const rows = await firstRows(walk);
    return { begun: continued(rows, walk), size: walk.ended() ? rows.length : Infinity };
  }));
  const smallest = Math.min(...probes.map(({ size }) => size));
  const chosen = smallest === Infinity ? 0 : probes.findIndex(({ size }) => size === smallest);
  return { chosen: possible.indexOf(indexed[chosen]!), begun: probes[chosen]!.begun, size: smallest };
}

/** At least `probeRows`, unless the walk ends before or passes over too many. */
async function firstRows(walk: IndexWalk): Promise<readonly Candidate[]> {
  const rows: Candidate[] = [];
  for (let reads = 0; rows.length < probeRows && !walk.ended() && (rows.length > 0 || reads < maxProbeReads); reads += 1) {
    rows.push(...(await walk.next(probeRows - rows.length)));
  }
  return rows;
}

export function openWalk(index: OrderedTable, { driver, query }: SearchRequest, after: Place | undefined): IndexWalk {
  if (driver.open !== undefined) return driver.open(index, after);
  return driver.ids === undefined ? walkIndex(index, driver.walk, after) : walkIds(query.type, driver.ids, after);
}

function walkIds(type: string, ids: readonly string[], after: Place | undefined): IndexWalk {
  let rest = after === undefined ? ids : ids.filter((id) => id > after.id);
  let seen = after;
  return {
    next(limit) {
      const some = rest.slice(0, limit);
      rest = rest.slice(limit);
      if (some.length > 0) seen = { stage: 0, order: '', id: some.at(-1)! };
      return Promise.resolve(some.map((id) => ({ type, id, position: '', writeId: '', pk: '', sk: '', place: { stage: 0, order: '', id } })));
    },
    seen: () => seen,
    ended: () => rest.length === 0,
  };
}
