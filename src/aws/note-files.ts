/** Where notes of a data store lie while they are read, under the store's key. */
import { keptNotes } from '../operations/enrichment/kept-notes.ts';
import type { KeptNotes } from '../operations/enrichment/kept-notes.ts';
import { s3Client } from './clients.ts';
import { environmentVariable } from './env.ts';
import { enrichmentPrefix, environment, storeKeyAlias } from './names.ts';
import { s3Objects } from './s3-objects.ts';

const deployment = environmentVariable(environment.deployment);
const bucket = environmentVariable(environment.objectsBucket);

export function noteFiles(datastoreId: string): KeptNotes {
  return keptNotes(s3Objects({ client: s3Client(), bucket, prefix: enrichmentPrefix(datastoreId), keyAlias: storeKeyAlias(deployment, datastoreId) }));
}
