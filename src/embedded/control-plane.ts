/** HealthLake's own API over the data stores of this process. */
import { healthlake } from '../operations/control/healthlake.ts';
import type { ControlAnswer, ControlRequest } from '../operations/control/healthlake.ts';
import { maxDatastores, syntheaPopulation } from '../operations/control/platform-defaults.ts';
import { platformSecret } from '../operations/control/platform-secret.ts';
import type { DatastoreRecord, DatastoreRecords } from '../operations/datastore/datastore-record.ts';
import { startExport } from '../operations/export/start-export.ts';
import { startImport } from '../operations/import/start-import.ts';
import type { OrderedTable } from '../ports/ordered-table.ts';
import type { Workflow } from '../ports/workflow.ts';
import type { OpenStores } from './open-stores.ts';
import { place } from './place.ts';
import type { ServedStore, Surroundings } from './served-store.ts';

export type ControlPlane = (request: ControlRequest) => Promise<ControlAnswer>;

export interface ControlPlaneOptions extends Surroundings {
  readonly records: DatastoreRecords;
  /** The control table. */
  readonly table: OrderedTable;
  readonly stores: OpenStores;
  readonly workflow: Workflow;
  readonly newSecret: () => Uint8Array;
}

export function controlPlane({ table, stores, ...surroundings }: ControlPlaneOptions): ControlPlane {
  const jobs = {
    jobPortsOf: (store: DatastoreRecord) => openStore(stores, store).jobPorts,
    wake: ({ id }: DatastoreRecord) => stores.find(id)?.wakeJobs(),
  };
  return healthlake({
    ...surroundings,
    place,
    secret: platformSecret(table, surroundings.newSecret),
    jobsOf: (store) => openStore(stores, store).jobs,
    startImport: startImport({ ...surroundings, ...jobs }),
    startExport: startExport({ ...surroundings, ...jobs }),
    backups: stores.backups,
    population: syntheaPopulation,
    maxDatastores,
  });
}

/** Asked of a store that serves, by its record; it is open then. */
function openStore(stores: OpenStores, { id }: DatastoreRecord): ServedStore {
  const served = stores.find(id);
  if (served === undefined) throw new Error('A data store that serves is not open.');
  return served;
}
