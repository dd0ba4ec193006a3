/** A deployment with one data store that is asked over HTTP, as most suites have it: made before their tests, and ended behind them. */
import { client } from '../conformance/client.ts';
import type { Client } from '../conformance/client.ts';
import { settleDatastore } from './default-datastore.ts';
import { deploy } from './deployed.ts';
import type { Deployed } from './deployed.ts';
import { signAs } from './signing-environment.ts';

export interface DeployedStore {
  readonly deployed: Deployed;
  readonly datastoreId: string;
  /** Asks the data store. */
  readonly http: Client;
  close(): Promise<void>;
}

/** @param make makes the data store, and gives its id; the deployment's default one unless given */
export async function deployStore(make: (deployed: Deployed) => Promise<string> = (deployed) => settleDatastore(deployed, 'Create')): Promise<DeployedStore> {
  const deployed = await deploy();
  const stopSigning = signAs(deployed);
  const close = async (): Promise<void> => {
    stopSigning();
    await deployed.close();
  };
  try {
    const datastoreId = await make(deployed);
    return { deployed, datastoreId, http: storeClient(deployed, datastoreId), close };
  } catch (error) {
    await close();
    throw error;
  }
}

export function storeClient({ gateway }: Pick<Deployed, 'gateway'>, datastoreId: string): Client {
  return client(`${gateway.url}/datastore/${datastoreId}/r4`);
}
