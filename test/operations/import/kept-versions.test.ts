/** Numbers of versions that an import carries over, whatever is cut off and whoever else writes. */
import { expect, test } from '@jest/globals';
import type { ImportDependencies } from '../../../src/operations/import/import-dependencies.ts';
import { opened } from './opened-import.ts';

const numbered = (id: string, versionId: string): string => JSON.stringify({ resourceType: 'Patient', id, meta: { versionId }, name: [{ family: 'Imported' }] });

test('an import that keeps numbers, cut off after any write of its own and begun anew, gives each resource its number once, and users count on from it', async () => {
  for (let cut = 1; cut < 16; cut += 1) {
    const { files, store, jobs, id, run } = await opened({ KeepVersions: true });
    files.set('in/a.ndjson', Buffer.from([numbered('a', '4'), numbered('there', '9')].join('\n')));
    files.set('in/b.ndjson', Buffer.from(numbered('b', '6')));
    const write = (patient: string) => store.write({ interaction: 'update', resource: { resourceType: 'Patient', id: patient, name: [{ family: 'User' }] } });
    await write('there');
    let left = cut;
    const cutOff = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      const result = await work();
      left -= 1;
      if (left === 0) throw new Error('cut off');
      return result;
    };
    const over: Partial<ImportDependencies> = {
      jobs: { ...jobs, put: (item, condition) => cutOff(() => jobs.put(item, condition)), batchWrite: (batch) => cutOff(() => jobs.batchWrite(batch)) },
      importing: { importMany: (...asked) => cutOff(() => store.importing.importMany(...asked)) },
    };
    const ending = await run(over).then(({ status }) => status, (error: Error) => error.message);
    expect(['cut off', 'COMPLETED']).toContain(ending);
    const wasThere = (await store.read('Patient', 'a')) !== undefined;
    if (wasThere) await write('a');
    expect(await run()).toMatchObject({ status: 'COMPLETED', progress: { TotalNumberOfResourcesImported: 3 } });
    const versions = async (patient: string) => (await store.history({ type: 'Patient', id: patient, count: 9 })).versions.map(({ versionId }) => versionId);
    expect({ cut, a: await versions('a'), b: await versions('b'), there: await versions('there') })
      .toEqual({ cut, a: wasThere ? [5, 4] : [4], b: [6], there: [2, 1] });
    const told = [...files].filter(([key]) => key.includes(`${id}/SUCCESS/`)).map(([, lines]) => lines.toString()).join('');
    for (const [patient, versionId] of [['a', 4], ['b', 6], ['there', 2]]) expect(told).toContain(`"id":"${patient}","meta":{"versionId":"${versionId}"}`);
  }
});
