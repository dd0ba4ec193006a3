/**
 * One page of a pass over every version that is or may become current: entries that are missing are put under the version's
 * own write id, or entries that nobody looks for any more are taken away. Both may be done again at any time.
 *
 * What changes meanwhile was written by rules that no longer need the pass; what it adds for a version that has just been
 * replaced is a hint that leads nowhere, and the sweep takes it.
 */
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';
import type { SearchParameter } from '../fhir/search/values.ts';
import type { Item, Key } from '../ports/ordered-table.ts';
import { customInState, withCustom, type CompiledRules } from './compiled-rules.ts';
import { customEntries, entryKeys, historyEntry, storedEntries } from './entries.ts';
import { currentKey, intentKey, versionKeyPrefix } from './keys.ts';
import { noCounts, type ReindexCounts, type SegmentPosition } from './reindex-position.ts';
import type { StoreContext } from './store-context.ts';
import { currentOfItem, versionJson, versionOfItem, type StoredVersion } from './version-item.ts';
import { versionReader } from './version-reader.ts';

/** `everything`: each version's history, and every entry of current ones. */
export type PassKind = 'filing' | 'removing' | 'everything';

/** Items that are scanned together, past versions included; a page has 1 MB at most. */
const rows = 500;
/** Entries that are gathered before they are written: some 2 MB. */
const maxGathered = 4000;

export interface PassPage {
  readonly position: SegmentPosition;
  readonly counts: ReindexCounts;
}

export interface PassPart {
  readonly segment: number;
  readonly segments: number;
  readonly after?: Key;
}

export async function passPage(context: StoreContext, { kind, rules }: { readonly kind: PassKind; readonly rules: CompiledRules }, part: PassPart): Promise<PassPage> {
  const page = await context.resources.scan({ ...part, limit: rows, strong: true });
  const writing = new Writing(context, kind === 'removing');
  const entriesOf = entriesFor(context, kind, rules);
  for (const item of page.items) {
    await context.letOthers();
    if (kind === 'everything' && isResource(item) && item.sk.startsWith(versionKeyPrefix)) await writing.add([historyEntry(versionOfItem(item), context.rules)]);
    if (item.sk !== currentKey || !isResource(item)) continue;
    writing.examined += 1;
    for (const version of await standing(context, item)) await writing.add(await entriesOf(version, writing));
  }
  await writing.flush();
  return { position: page.next === undefined ? { done: true } : { after: page.next }, counts: writing.counts() };
}

/** Versions and intents only: rules and claims lie beside them. */
function isResource({ attributes }: Item): boolean {
  return attributes?.version !== undefined || attributes?.bundle !== undefined;
}

/**
 * The versions of a resource that are or may become current by rules of before the pass: what a transaction intends may
 * be decided at any moment.
 */
async function standing(context: StoreContext, item: Item): Promise<readonly StoredVersion[]> {
  const { version, intent } = currentOfItem(item);
  const base = version === undefined ? [] : [version];
  if (intent === undefined) return base;
  const intended = await context.resources.get({ pk: item.pk, sk: intentKey(intent.bundleId) }, { strong: true });
  if (intended !== undefined) return [...base, versionOfItem(intended)];
  // Settled since it was read.
  const [type, id] = item.pk.split('/') as [string, string];
  const view = await versionReader(context.resources).view({ type, id });
  return view?.version === undefined ? [] : [view.version];
}

type EntriesOf = (version: StoredVersion, writing: Writing) => Promise<readonly Item[]>;

function entriesFor(context: StoreContext, kind: PassKind, { rules, filed }: CompiledRules): EntriesOf {
  const custom = kind === 'everything' ? filed : customInState(rules, kind);
  const entryRules = withCustom(context.rules, custom);
  return async (version, writing) => {
    const json = await versionJson(context.objects, version);
    const history = kind === 'everything' ? [historyEntry(version, entryRules)] : [];
    if (json === undefined) return history;
    const resource = parseJson(json) as Resource;
    const entries = kind === 'everything'
      ? storedEntries(resource, version, entryRules)
      : customEntries(resource, { subject: version, rules: entryRules }, writing.unfit);
    return [...history, ...entryKeys(entries, version, version.writeId)];
  };
}

/** Gathers a page's entries, and writes them before they are too many. */
class Writing {
  examined = 0;
  readonly #context: StoreContext;
  readonly #removes: boolean;
  readonly #unfit: Record<string, number> = {};
  #gathered: Item[] = [];
  #written = 0;

  constructor(context: StoreContext, removes: boolean) {
    this.#context = context;
    this.#removes = removes;
  }

  readonly unfit = ({ url }: SearchParameter): void => {
    this.#unfit[url] = (this.#unfit[url] ?? 0) + 1;
  };

  async add(items: readonly Item[]): Promise<void> {
    for (const item of items) this.#gathered.push(item);
    if (this.#gathered.length >= maxGathered) await this.flush();
  }

  async flush(): Promise<void> {
    const items = this.#gathered;
    this.#gathered = [];
    this.#written += items.length;
    if (items.length > 0) await this.#context.index.batchWrite(this.#removes ? { deletes: items } : { puts: items });
  }

  counts(): ReindexCounts {
    if (this.#removes) return { ...noCounts, removed: this.#written };
    return { ...noCounts, examined: this.examined, filed: this.#written, unfit: this.#unfit };
  }
}
