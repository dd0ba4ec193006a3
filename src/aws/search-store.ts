/** The part of one data store that searches, and reads what a search names by reference. */
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { DataStore } from '../store/data-store.ts';
import { openSearch } from '../store/open-search.ts';
import { openVersions } from '../store/open-versions.ts';
import type { ReportStale } from './stale-reports.ts';
import { storePorts } from './store-ports.ts';

export function searchStore(record: DatastoreRecord, reportStale: ReportStale): Pick<DataStore, 'search' | 'searchCompartment' | 'searchParameters' | 'sealer' | 'read' | 'readMany' | 'vread'> {
  const ports = storePorts(record);
  return { ...openSearch(ports, reportStale), ...openVersions(ports) };
}
