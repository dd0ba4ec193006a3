/**
 * Whether the note of a report is that of a DocumentReference too, as US Core wants notes to be offered both ways
 * (https://hl7.org/fhir/us/core/clinical-notes.html): then it is read there, and not a second time.
 */
import { isObject, parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { parseSearch } from '../../fhir/search/parse.ts';
import type { DataStore } from '../../store/data-store.ts';
import { assertsNothing } from './note-document.ts';
import { attachmentsOf } from './note-attachment.ts';
import type { NoteDocument } from './note-reading.ts';

/** Documents of one encounter that are compared; most have one or two. */
const maxCompared = 20;

export interface ElsewhereDependencies {
  readonly store: Pick<DataStore, 'search' | 'searchParameters'>;
}

/** Documents of the report's encounter that have an attachment with the same data, hash or place. */
export async function isReadElsewhere(document: NoteDocument, { store }: ElsewhereDependencies): Promise<boolean> {
  const { resourceType, encounter } = document;
  if (resourceType !== 'DiagnosticReport' || !isObject(encounter) || typeof encounter.reference !== 'string') return false;
  const searchParameters = await store.searchParameters();
  const query = parseSearch('DocumentReference', [['encounter', encounter.reference], ['_count', String(maxCompared)]], { baseUrl: '', searchParameters });
  const { matches } = await store.search(query);
  const own = attachmentsOf(document);
  return matches.some(({ json }) => {
    const other = json === undefined ? undefined : parseJson(json) as NoteDocument;
    return other !== undefined && !assertsNothing(other) && attachmentsOf(other).some((one) => own.some((attachment) => isSame(one, attachment)));
  });
}

function isSame(one: JsonObject, other: JsonObject): boolean {
  return (['data', 'url', 'hash'] as const).some((name) => typeof one[name] === 'string' && one[name] === other[name]);
}
