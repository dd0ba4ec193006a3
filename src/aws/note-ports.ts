/** What extracts the notes of one data store on AWS. A function is the bound of what takes a file apart. */
import { Readable } from 'node:stream';
import { textExtractor } from '../machine/note-formats/text-extractor.ts';
import { systemClock } from '../machine/system-clock.ts';
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

/**
 * The text of which a copy is made, in bytes: ten questions of 20,000, four at a time, are three rounds, which take the service some seconds
 * each, and the gateway waits for 29. By default quotas an account has 40,000 characters a second of DetectPHI: five seconds of it.
 */
export const maxCopiedBytes = 200_000;
/** Of the gateway's 29 s: then there is time left to say so, and for the text before. */
export const copyWithinMs = 20_000;

/** What copies without identifiers are made with. */
export function deIdentifyDependencies(record: DatastoreRecord): DeIdentifyDependencies {
  return {
    store: openVersions(storePorts(record)), textOf: noteTextOf(record), nlp: comprehendMedicalNlp({ client: comprehendMedicalClient() }),
    bound: { maxBytes: maxCopiedBytes, withinMs: copyWithinMs, clock: systemClock },
  };
}
