/** Questions in SQL of one data store in this process: asked of its lake as it is, or as it is when the last changes are in. */
import { join } from 'node:path';
import { SqlNotReady } from '../ports/sql-engine.ts';
import type { DuckdbSql, SqlEngineOptions } from './sql-engine.ts';
import { duckdbSql } from './sql-engine.ts';
import { sqlLake } from './sql-lake.ts';
import type { StoreLake } from './store-lake.ts';

/** A question waits so long for what was written before it: a few changes are brought in within a second. */
const freshWithinMs = 3_000;
/** And so much longer for a lake that is not there yet: that of a few hundred patients is built in it. */
const builtWithinMs = 16_000;

export interface StoreSqlOptions extends Pick<SqlEngineOptions, 'turns' | 'clock' | 'ids'> {
  readonly lake: Pick<StoreLake, 'upToDate' | 'files'>;
  readonly objectsFolder: string;
  /** Of answers, and of what questions need beside them. */
  readonly sqlFolder: string;
}

export function storeSql({ lake, objectsFolder, sqlFolder, ...options }: StoreSqlOptions): DuckdbSql {
  const asOf = async (): Promise<number> => {
    const moment = (await lake.upToDate(freshWithinMs)) ?? (await lake.upToDate(builtWithinMs));
    if (moment === undefined) throw new SqlNotReady('The data store has no lake, or none yet.');
    return moment;
  };
  const prepare = sqlLake({ objectsFolder, asOf, files: (table) => lake.files(table) });
  return duckdbSql({ ...options, folder: sqlFolder, lakeFolder: join(objectsFolder, 'lake'), prepare });
}
