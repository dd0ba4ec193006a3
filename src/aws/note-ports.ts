/** What extracts the notes of one data store on AWS. A function is the bound of what takes a file apart. */
import { Readable } from 'node:stream';
import { textExtractor } from '../machine/note-formats/text-extractor.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { DeIdentifyDependencies } from '../operations/de-identify.ts';
import { noteText } from '../operations/enrichment/document-text.ts';
import type { ReadsText } from '../operations/enrichment/note-text.ts';
import type { Buckets } from '../ports/buckets.ts';
import { openVersions } from '../store/open-versions.ts';
import { comprehendMedicalClient, s3Client } from './clients.ts';
import { comprehendMedicalNlp } from './comprehend-medical-nlp.ts';
import { s3Buckets } from './s3-buckets.ts';
import { failureOf, unlessUnavailable } from './s3-failures.ts';
import { searchStore } from './search-store.ts';
import { storePorts } from './store-ports.ts';

/** What leads nowhere in the index is found by other searches too, and reported by them. */
export function noteTextOf(record: DatastoreRecord): ReadsText {
  const { objects } = storePorts(record);
  const openContent = async (key: string): Promise<AsyncIterable<Uint8Array> | undefined> => {
    // Those that are larger than a note may be are not opened.
    const bytes = await objects.get(key);
    return bytes && Readable.from([bytes]);
  };
  return noteText({ datastoreId: record.id, store: searchStore(record, () => {}), openContent, buckets: noteBuckets(), extractor: textExtractor });
}

/** What S3 cannot give at the moment is no fault of a document. */
function noteBuckets(): Pick<Buckets, 'head' | 'read'> {
  const buckets = s3Buckets(s3Client());
  return {
    head: (place) => unlessUnavailable(buckets.head(place)),
    async* read(place, range) {
      try {
        yield* buckets.read(place, range);
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

/** What copies without identifiers are made with. */
export function deIdentifyDependencies(record: DatastoreRecord): DeIdentifyDependencies {
  return { store: openVersions(storePorts(record)), textOf: noteTextOf(record), nlp: comprehendMedicalNlp({ client: comprehendMedicalClient() }) };
}
