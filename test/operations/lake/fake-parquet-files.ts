/** Parquet files whose rows are JSON in an object store: what the port promises, without columns. */
import type { ObjectStore } from '../../../src/ports/object-store.ts';
import type { LakeRow, ParquetFile, ParquetFiles } from '../../../src/ports/parquet-files.ts';

export type KeptRow = Omit<LakeRow, 'json'> & { readonly json?: string };

export async function rowsOfFile(objects: Pick<ObjectStore, 'get'>, key: string): Promise<readonly KeptRow[]> {
  const object = await objects.get(key);
  if (object === undefined) throw new Error(`There is no file ${key}.`);
  return JSON.parse(new TextDecoder().decode(object)) as KeptRow[];
}

export function fakeParquetFiles(objects: Pick<ObjectStore, 'get' | 'put'>): ParquetFiles {
  const put = async (key: string, rows: readonly KeptRow[]): Promise<ParquetFile | undefined> => {
    if (rows.length === 0) return undefined;
    const body = new TextEncoder().encode(JSON.stringify(rows));
    await objects.put(key, body);
    return { key, rows: rows.length, sizeBytes: body.length };
  };
  const all = async (keys: readonly string[]) => (await Promise.all(keys.map((key) => rowsOfFile(objects, key)))).flat();
  const write: ParquetFiles['write'] = async (_table, rows, key) => {
    const kept: KeptRow[] = [];
    for await (const { json, ...row } of rows) kept.push({ ...row, ...(json && { json: new TextDecoder().decode(json) }) });
    return put(key, kept);
  };
  return {
    write,
    async writeAll(files) {
      const made: (ParquetFile | undefined)[] = [];
      for (const { table, rows, key } of files) made.push(await write(table, rows, key));
      return made;
    },
    async compact({ sources, part, ...keys }) {
      const inPart = (id: string): boolean => part === undefined || hash(id) % part.buckets === part.bucket;
      const rows = (await all(sources)).filter(({ id }) => inPart(id));
      const current: KeptRow[] = [];
      const past: KeptRow[] = [];
      for (const versions of Map.groupBy(rows, ({ id }) => id).values()) {
        const once = [...new Map(versions.map((row) => [row.version, row])).values()].toSorted((one, other) => other.version - one.version);
        once.forEach((row, position) => {
          const isCurrent = position === 0 && row.json !== undefined;
          (isCurrent ? current : past).push({ ...row, layer: isCurrent ? 'current' : 'past' });
        });
      }
      const made = { current: await put(keys.current, current), past: await put(keys.past, past) };
      return { ...(made.current && { current: made.current }), ...(made.past && { past: made.past }) };
    },
    async merge({ sources, key }) {
      return put(key, await all(sources));
    },
  };
}

function hash(id: string): number {
  let sum = 0;
  for (const character of id) sum = (sum * 31 + character.charCodeAt(0)) >>> 0;
  return sum;
}
