/** What the lake was at when its server was killed, read from a copy of the store's database: whether the kills fall where they should. */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tablesOfStore } from '../../src/embedded/served-store.ts';
import { openSqliteDatabase } from '../../src/embedded/sqlite-database.ts';
import { listManifests } from '../../src/operations/lake/lake-manifest.ts';
import { readLakeState } from '../../src/operations/lake/lake-state.ts';
import { filesUnderWay } from './lake-work.ts';

/** What a kill can fall into. */
export const lakeWorks = ['file', 'compaction', 'rebuilding'] as const;
export type LakeWork = (typeof lakeWorks)[number];

export async function lakeAtKill(storeFolder: string): Promise<ReadonlySet<LakeWork>> {
  const copy = mkdtempSync(join(tmpdir(), 'caldera-kill-copy-'));
  try {
    for (const end of ['', '-wal']) {
      const file = join(storeFolder, `store.sqlite${end}`);
      if (existsSync(file)) copyFileSync(file, join(copy, `store.sqlite${end}`));
    }
    const database = openSqliteDatabase({ path: join(copy, 'store.sqlite'), tables: tablesOfStore });
    const jobs = database.table('jobs');
    const manifests = await listManifests({ jobs });
    const state = await readLakeState({ jobs });
    await database.close();
    const found = {
      file: filesUnderWay(storeFolder).length > 0,
      compaction: manifests.some(({ compacting }) => compacting !== undefined),
      rebuilding: state?.rebuilding !== undefined,
    };
    return new Set(lakeWorks.filter((work) => found[work]));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
