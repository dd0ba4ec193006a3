import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteDatabase } from '../../src/embedded/sqlite-database.ts';
import { orderedTableContract } from '../contracts/ordered-table.contract.ts';

orderedTableContract('the SQLite table', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'caldera-sqlite-'));
  const database = openSqliteDatabase({ path: join(directory, 'store.sqlite'), tables: ['resources', 'index'] });
  return {
    table: database.table('resources'),
    async close() {
      await database.close();
      await rm(directory, { recursive: true });
    },
  };
});
