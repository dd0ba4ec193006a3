/** Real patients in Parquet: every element of every resource comes back from its row, to the digit, and nothing is unknown. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, test } from '@jest/globals';
import { directoryObjects, pathOfObject } from '../../src/embedded/directory-objects.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { lakeTable } from '../../src/fhir/lake/lake-tables.ts';
import { parquetFiles } from '../../src/machine/duckdb/parquet-files.ts';
import type { LakeRow } from '../../src/ports/parquet-files.ts';
import { elementsOfRow, ordered } from '../fhir/lake/elements-of-row.ts';
import { syntheaBundles, syntheaPresent } from './synthea-bundles.ts';

const described = syntheaPresent ? describe : describe.skip;
if (!syntheaPresent) console.warn('The Synthea patients of ../shared are not here: this suite is skipped.');

described('the 100 Synthea patients in Parquet', () => {
  const root = mkdtempSync(join(tmpdir(), 'caldera-acceptance-'));
  const objects = join(root, 'objects');
  const files = parquetFiles({ objects: directoryObjects(objects), directory: join(root, 'work') });
  /** Under ids of our own, since bundles share theirs. */
  const byType = Map.groupBy(
    (syntheaPresent ? syntheaBundles() : []).flatMap(({ bundle }) => bundle.entry).map(({ resource }, place) => ({ ...resource, id: `r${place}` })),
    ({ resourceType }) => resourceType,
  );

  afterAll(async () => {
    await files.close();
    rmSync(root, { recursive: true });
  });

  test.each([...byType.keys()])('%s comes back as it was', async (type) => {
    const resources = byType.get(type)!;
    const rows = resources.map((resource): LakeRow => ({ id: resource.id, version: 1, validFrom: 0, layer: 'current', json: Buffer.from(JSON.stringify(resource)) }));
    const file = await files.write(lakeTable(type), rows, `lake/${type.toLowerCase()}.parquet`);
    expect(file?.rows).toBe(resources.length);
    const found = await rowsIn(pathOfObject(objects)(file!.key));
    for (const resource of resources) {
      const row = found.get(resource.id)!;
      expect(row.unknown_elements ?? null).toBeNull();
      if (ordered(elementsOfRow(lakeTable(type), row)) !== ordered(resource)) throw new Error(`${resource.id} is not as it was.`);
    }
  });
});

async function rowsIn(path: string): Promise<Map<string, JsonObject>> {
  const reader = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await reader.connect();
  const rows: JsonObject[] = (await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`)).getRowObjectsJson();
  connection.closeSync();
  reader.closeSync();
  return new Map(rows.map((row) => [row.id as string, row]));
}
