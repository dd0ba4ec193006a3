/** Views on AWS: what finds them in a data store, and what asks for their rows. */
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { ViewExportAnswering, ViewExportDependencies } from '../operations/start-view-export.ts';
import { sealer } from '../store/sealer.ts';
import { searchStore } from './search-store.ts';
import { sqlEngine } from './sql-engine.ts';
import type { ReportStale } from './stale-reports.ts';

export function viewDependencies(): (record: DatastoreRecord, reportStale: ReportStale) => ViewExportDependencies {
  const engineOf = sqlEngine();
  return (record, reportStale) => {
    const { read, search } = searchStore(record, reportStale);
    return { engine: engineOf(record), store: { read, search, sealer: sealer(record.secret) }, clock: systemClock };
  };
}

/** Of an export that was begun: no view is looked for any more. */
export function viewExportDependencies(): (record: DatastoreRecord) => ViewExportAnswering {
  const engineOf = sqlEngine();
  return (record) => ({ engine: engineOf(record), store: { sealer: sealer(record.secret) } });
}
