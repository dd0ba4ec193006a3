/** Bulk exports on AWS: what the steps of the workflow are made with, and how a job gets there. */
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { ExportDependencies } from '../operations/export/export-dependencies.ts';
import { openExporting } from '../store/open-exporting.ts';
import { announcedPorts } from './announced-jobs.ts';
import { s3Client } from './clients.ts';
import { environmentVariable } from './env.ts';
import { exportObjects, keepExported } from './export-objects.ts';
import { environment, objectsPrefix } from './names.ts';
import { confirmAbsent } from './s3-absence.ts';
import { s3Buckets } from './s3-buckets.ts';
import { searchStore } from './search-store.ts';

/**
 * Parts in which a store is read side by side (lib/export/definition.ts says how many at a time): twice as many, so that
 * one that is larger than the others does not hold up the end for long.
 */
export const exportPieces = 32;

const bucket = environmentVariable(environment.objectsBucket);

/** What leads nowhere in the index is found by other searches too, and reported by them. */
export function exportDependencies(record: DatastoreRecord): ExportDependencies {
  const ports = announcedPorts(record);
  return {
    ...ports,
    datastoreId: record.id,
    exporting: openExporting(ports),
    store: searchStore(record, () => {}),
    objects: exportObjects(record),
    keepContent: keepExported(record),
    openContent: contentsOf(record),
    bucketsOf: () => s3Buckets(s3Client()),
    pieces: exportPieces,
  };
}

/** Contents of Binaries, a chunk at a time. */
function contentsOf({ id }: DatastoreRecord): ExportDependencies['openContent'] {
  return async (key) => {
    const place = { Bucket: bucket, Key: `${objectsPrefix(id)}${key}` };
    try {
      const { Body } = await s3Client().send(new GetObjectCommand(place));
      return Body as unknown as AsyncIterable<Uint8Array>;
    } catch (error) {
      await confirmAbsent(s3Client(), place, error);
      return undefined;
    }
  };
}
