/**
 * A walk in order of the clinical date meets every long span that begins before the dates which are asked for, also those
 * that have ended long since. Where it begins with such, the walk that knows the ends is read beside it, entry for entry:
 * what that costs is a fortieth of reading the resources of those spans.
 */
import type { OrderedTable } from '../ports/ordered-table.ts';
import { compareUtf8 } from '../ports/table-limits.ts';
import type { Choice } from './chosen-driver.ts';
import { dateClasses } from './entry-positions.ts';
import { continued, walkIndex, type Candidate, type IndexWalk } from './index-walk.ts';
import type { Driver } from './search-plan.ts';

/** Long spans that are read at most to find out how many there are: some megabytes of entries. */
const maxRaced = 10_000;
/** Entries of each walk that are read at a time in the end. */
const maxRacedTogether = 1000;
/** The other walk has to fill a page with so much less: it does so on every page, the long spans cost the first one alone. */
const advantage = 4;

/** What was read of a walk. */
interface Read {
  readonly walk: IndexWalk;
  readonly rows: Candidate[];
}

async function readTo(read: Read, size: number): Promise<void> {
  while (read.rows.length < size && !read.walk.ended()) read.rows.push(...(await read.walk.next(size - read.rows.length)));
}

function choiceOf(chosen: number, { walk, rows }: Read): Choice {
  return { chosen, begun: continued(rows, walk), size: walk.ended() ? rows.length : Infinity };
}

/**
 * The choice, or the walk that stands in for it where that is shorter, or comes to a page sooner.
 *
 * @param first candidates that are going to be read first
 */
export async function unlessLongSpans(
  index: OrderedTable, possible: readonly Driver[], { choice, first }: { readonly choice: Choice; readonly first: number },
): Promise<Choice> {
  const { doubtful, walk, ids } = possible[choice.chosen]!;
  const standIn = possible.findIndex(({ standsIn }) => standsIn);
  if (doubtful === undefined || ids !== undefined || standIn === -1) return choice;
  const opened = choice.begun ?? walkIndex(index, walk);
  const own: Read = { walk: opened, rows: [...(await opened.next(first))] };
  const isDoubtful = ({ position }: Candidate): boolean => position.startsWith(dateClasses.long) && compareUtf8(position, doubtful) < 0;
  const goesOn = (): boolean => !own.walk.ended() && own.rows.length > 0 && isDoubtful(own.rows.at(-1)!);
  if (!goesOn()) return choiceOf(choice.chosen, own);
  const other: Read = { walk: walkIndex(index, possible[standIn]!.walk), rows: [] };
  for (let size = own.rows.length; goesOn(); size = Math.min(size * 2, size + maxRacedTogether)) {
    await Promise.all([readTo(own, size), readTo(other, size)]);
    if (other.walk.ended() || size >= maxRaced) return choiceOf(standIn, other);
  }
  await readTo(own, own.rows.length + first);
  const isSooner = readsForPage(own, other, first) * advantage < own.rows.filter(isDoubtful).length;
  return isSooner ? choiceOf(standIn, other) : choiceOf(choice.chosen, own);
}

/** Entries of the other walk behind which a page is full, by those of them that the own walk has met: half a page tells. */
function readsForPage(own: Read, other: Read, first: number): number {
  const half = Math.ceil(first / 2);
  const known = new Set(own.rows.map(({ id }) => id));
  let common = 0;
  const place = other.rows.findIndex(({ id }) => {
    if (known.has(id)) common += 1;
    return common >= half;
  });
  return place === -1 ? Infinity : (place + 1) * 2;
}
