/** What earlier readings of a document left in the store, and what has become of it. The document's Linkage tells what it was. */
import { isObject, parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { DataStore, ResourceVersion } from '../../store/data-store.ts';
import { linkageId, provenanceId } from './derived-resource.ts';
import { extensionsOf } from './document-extension.ts';
import type { NoteDocument } from './note-reading.ts';
import { calderaUrl } from './system-names.ts';

/** `readMany` holds all of their texts in memory. */
const readAtOnce = 100;

export interface EarlierResults {
  /** What an earlier reading made, as `Type/id`, whatever became of it. */
  readonly made: ReadonlySet<string>;
  /** What it made and a person removed. */
  readonly withdrawn: ReadonlySet<string>;
  /** The current version of a resource that was asked for, a deletion included. */
  version(name: string): ResourceVersion | undefined;
}

type Reads = Pick<DataStore, 'read' | 'readMany'>;

/** @param names further resources that are to be looked at, as `Type/id` */
export async function earlierResults(document: Pick<NoteDocument, 'resourceType' | 'id'>, names: readonly string[], store: Reads): Promise<EarlierResults> {
  const linkage = await store.read('Linkage', linkageId(document));
  const { made, withdrawn } = linkage?.json === undefined ? { made: [], withdrawn: [] } : bound(parseJson(linkage.json) as Resource);
  const versions = new Map<string, ResourceVersion>();
  const asked = [...new Set([...names, ...made, ...withdrawn, `Linkage/${linkageId(document)}`, `Provenance/${provenanceId(document)}`])];
  for (let begin = 0; begin < asked.length; begin += readAtOnce) {
    const keys = asked.slice(begin, begin + readAtOnce).map(keyOf);
    for (const version of await store.readMany(keys)) if (version !== undefined) versions.set(`${version.type}/${version.id}`, version);
  }
  const isRemoved = (name: string): boolean => versions.has(name) && versions.get(name)!.json === undefined;
  return {
    made: new Set(made),
    withdrawn: new Set([...made, ...withdrawn].filter(isRemoved)),
    version: (name) => versions.get(name),
  };
}

export function keyOf(name: string): { readonly type: string; readonly id: string } {
  const [type = '', id = ''] = name.split('/');
  return { type, id };
}

function bound(linkage: Resource): { readonly made: readonly string[]; readonly withdrawn: readonly string[] } {
  const items = Array.isArray(linkage.item) ? linkage.item.filter(isObject) : [];
  const made = items.filter(({ type }) => type === 'alternate').map(({ resource }) => nameIn(resource));
  const withdrawn = extensionsOf(linkage).filter(({ url }) => url === calderaUrl.withdrawn).map(({ valueReference }) => nameIn(valueReference));
  return { made: made.filter(isName), withdrawn: withdrawn.filter(isName) };
}

function nameIn(reference: JsonObject[string]): unknown {
  return isObject(reference) ? reference.reference : undefined;
}

/** A person may have written anything into a Linkage. */
function isName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z]{1,64}\/[A-Za-z0-9\-.]{1,64}$/.test(name);
}
