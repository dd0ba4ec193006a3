/** What the functions that read and write Binaries have beside the ports of a data store. */
import type { Uploading } from '../operations/binary/upload.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import { randomIds } from '../machine/random-ids.ts';
import { systemClock } from '../machine/system-clock.ts';
import type { Downloads, Uploads } from '../ports/contents.ts';
import { sealer } from '../store/sealer.ts';
import { s3Client } from './clients.ts';
import { environmentVariable } from './env.ts';
import { environment, objectsPrefix, storeKeyAlias, uploadsPrefix } from './names.ts';
import { s3Contents } from './s3-contents.ts';

const deployment = environmentVariable(environment.deployment);
const bucket = environmentVariable(environment.objectsBucket);

export function downloads({ id }: Pick<DatastoreRecord, 'id'>): Downloads {
  return contents(id);
}

export function uploading({ id, secret }: Pick<DatastoreRecord, 'id' | 'secret'>): Uploading {
  return { uploads: contents(id), sealer: sealer(secret), clock: systemClock, ids: randomIds };
}

function contents(id: string): Uploads & Downloads {
  return s3Contents({ client: s3Client(), bucket, prefix: objectsPrefix(id), uploadsPrefix: uploadsPrefix(id), keyAlias: storeKeyAlias(deployment, id) });
}
