/** Ends the lake of a data store: nothing is known of it any more, and its files go when no query can be reading them. */
import type { Ids } from '../../ports/ids.ts';
import { changeManifest, listManifests } from './lake-manifest.ts';
import type { ManifestPorts } from './lake-manifest.ts';
import { forgetLakeState, readLakeState, writeLakeState } from './lake-state.ts';
import { retire } from './retired-files.ts';

type Ports = ManifestPorts & { readonly ids: Pick<Ids, 'uuid'> };

/**
 * PAUSED: what is there stays as it is. Whoever follows the store again builds the lake anew, for it will have missed changes.
 *
 * @param asOf until when every change is in it, ms; `undefined` where that is not known, and it cannot be asked until it is built
 */
export async function pauseLake(ports: Ports, asOf?: number): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const seen = await readLakeState(ports);
    const pausedAsOf = asOf ?? seen?.pausedAsOf;
    if (pausedAsOf === undefined) return forgetLakeState(ports);
    if (await writeLakeState(seen, { columns: '', isWhole: false, pausedAsOf }, ports)) return;
  }
  throw new Error('What is known of the lake is changed by too many at a time.');
}

/** A rebuilding that is under way says a few times how far it is. */
const maxAttempts = 20;

/** DISABLED: nothing is left to be asked. */
export async function removeLake(ports: Ports): Promise<void> {
  await emptyTables(ports);
  // Last: where this was cut off, it is begun again.
  await forgetLakeState(ports);
}

/** Takes all files out of the tables: of a lake that is removed also what a round has added that was under way meanwhile. */
export async function emptyTables(ports: Ports): Promise<void> {
  for (const { table, files, compacting } of await listManifests(ports)) {
    if (files.length === 0 && compacting === undefined) continue;
    await retire(table, files.map(({ key }) => key), ports);
    // Rounds and compactions that are under way find another epoch.
    await changeManifest(table, ({ revision, epoch }) => ({ table, revision, epoch: epoch + 1, files: [] }), ports);
  }
}
