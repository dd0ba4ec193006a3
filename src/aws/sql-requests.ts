/** Questions in SQL on AWS: beginning one, its answer, its end, and the queries that a data store keeps. */
import { systemClock } from '../machine/system-clock.ts';
import type { DatastoreRecord } from '../operations/datastore/datastore-record.ts';
import type { SaveQueryDependencies } from '../operations/save-query.ts';
import type { QueryDependencies } from '../operations/sql/query-answer.ts';
import type { StartQueryDependencies } from '../operations/start-query.ts';
import { sealer } from '../store/sealer.ts';
import { sqlEngine } from './sql-engine.ts';
import { storeTable } from './store-tables.ts';

/** Where a data store keeps its queries. */
export function savedQueryPorts({ id }: DatastoreRecord): SaveQueryDependencies {
  return { resources: storeTable(id, 'resources'), clock: systemClock };
}

/** What begins the questions of a data store. */
export function startQueryDependencies(): (record: DatastoreRecord) => StartQueryDependencies {
  const dependenciesOf = queryDependencies();
  return (record) => ({ ...savedQueryPorts(record), ...dependenciesOf(record) });
}

/** What answers and ends them. */
export function queryDependencies(): (record: DatastoreRecord) => QueryDependencies {
  const engineOf = sqlEngine();
  return (record) => ({ engine: engineOf(record), store: { sealer: sealer(record.secret) } });
}
