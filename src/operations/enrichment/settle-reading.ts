/**
 * Writes what came of a document in one transaction: the document with its status, new and changed results, and the end of those that
 * an earlier text gave and this one does not. On condition that everything is as it was read: whoever writes in between wins.
 */
import { parseJson } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import type { DataStore, Write } from '../../store/data-store.ts';
import { isAsMade, isSameContent } from './as-made.ts';
import type { DerivedResource } from './derived-resource.ts';
import { linkageId, provenanceId } from './derived-resource.ts';
import { earlierResults, keyOf } from './earlier-results.ts';
import type { EarlierResults } from './earlier-results.ts';
import type { NoteDocument } from './note-reading.ts';
import { readingMark, withMark } from './reading-mark.ts';
import type { ReadingMark } from './reading-mark.ts';
import type { NoteResources } from './resources-of-note.ts';
import { nameOf } from './resources-of-note.ts';

export interface Outcome {
  /** The document as it was read. A deleted one is its type and id. */
  readonly seen: NoteDocument;
  /** Absent where the document is deleted: nothing is written to it then. */
  readonly mark?: ReadingMark;
  /** What the findings become, as `Type/id`, whatever persons did with it. */
  readonly names: readonly string[];
  /** What comes of it, without what persons removed. */
  readonly resources: (withdrawn: ReadonlySet<string>) => NoteResources;
}

/**
 * @returns the document's new version, or `undefined` where all was so already
 * @throws FhirError 412 when the document or a result has been changed since, 409 for contention
 */
export async function settleReading(outcome: Outcome, store: Pick<DataStore, 'read' | 'readMany' | 'transact'>): Promise<number | undefined> {
  const { seen, mark } = outcome;
  const earlier = await earlierResults(seen, outcome.names, store);
  const { document, derived } = outcome.resources(earlier.withdrawn);
  const results = [...derived.flatMap((resource) => writeOf(resource, earlier)), ...removals(seen, derived, earlier)];
  const decorated = mark === undefined ? undefined : withMark(document, mark);
  if (results.length === 0 && (decorated === undefined || isSettled(seen, document, mark))) return undefined;
  const written: readonly Write[] = decorated === undefined ? [] : [{ interaction: 'update', resource: decorated, ifMatch: mark!.version }];
  const [first] = await store.transact([...written, ...results]);
  return decorated === undefined ? undefined : first?.version?.versionId;
}

/** Nothing is to be said on the document that is not there: only the mark tells of another version. */
function isSettled(seen: NoteDocument, document: NoteDocument, mark: ReadingMark | undefined): boolean {
  if (isSameContent(seen, document)) return true;
  const before = readingMark(seen);
  return mark !== undefined && before !== undefined && isSameContent(seen, withMark(document, { ...mark, version: before.version }));
}

function writeOf(resource: DerivedResource, earlier: EarlierResults): readonly Write[] {
  const version = earlier.version(nameOf(resource));
  if (version === undefined) return [{ interaction: 'update', resource, ifNoneMatch: '*' }];
  const standing = version.json === undefined ? undefined : parseJson(version.json) as Resource;
  if (standing !== undefined && !mayReplace(standing, resource)) return [];
  return [{ interaction: 'update', resource, ifMatch: version.versionId }];
}

/** What a person changed stays. Linkage and Provenance are for the reading alone. */
function mayReplace(standing: Resource, resource: DerivedResource): boolean {
  if (isSameContent(standing, resource)) return false;
  if (resource.resourceType === 'Linkage') return true;
  if (resource.resourceType === 'Provenance') return !isSameContent({ ...standing, recorded: resource.recorded }, resource);
  return isAsMade(standing);
}

/** What an earlier text gave goes, unless a person has changed it: then it is theirs. */
function removals(document: NoteDocument, derived: readonly DerivedResource[], earlier: EarlierResults): readonly Write[] {
  const present = new Set(derived.map(nameOf));
  const bookkeeping = [`Linkage/${linkageId(document)}`, `Provenance/${provenanceId(document)}`];
  return [...earlier.made, ...bookkeeping].flatMap((name): Write[] => {
    const version = earlier.version(name);
    if (present.has(name) || version?.json === undefined) return [];
    if (!bookkeeping.includes(name) && !isAsMade(parseJson(version.json) as Resource)) return [];
    return [{ interaction: 'delete', ...keyOf(name), ifMatch: version.versionId }];
  });
}
