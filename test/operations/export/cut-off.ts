/** Exports that are cut off after any of their writes: for tests of the steps. */
import type { ExportDependencies } from '../../../src/operations/export/export-dependencies.ts';
import { runExport } from '../../../src/operations/export/run-export.ts';

export class CutOff extends Error {}

/** Everything that writes works so often, and then never again. */
export function cutOff({ objects, jobs, keepContent, ...others }: ExportDependencies, survived: number): ExportDependencies {
  let left = survived;
  const once = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    if (left === 0) throw new CutOff();
    left -= 1;
    const result = await write();
    if (left === 0) throw new CutOff();
    return result;
  };
  return {
    ...others,
    keepContent: (key, content) => once(() => keepContent(key, content)),
    objects: { ...objects, put: (key, body) => once(() => objects.put(key, body)), delete: (key) => once(() => objects.delete(key)) },
    jobs: { ...jobs, put: (item, condition) => once(() => jobs.put(item, condition)), batchWrite: (batch) => once(() => jobs.batchWrite(batch)) },
  };
}

export async function runAll(id: string, dependencies: ExportDependencies): Promise<void> {
  while ((await runExport(id, dependencies)) !== undefined);
}
