/** The default data store as a custom resource: both handlers of CDK's provider framework, the event's and the one asked whether it is complete. */
import { verbDependencies } from '../../src/aws/control-ports.ts';
import { defaultDatastore } from '../../src/operations/datastore/default-datastore.ts';

export const handler = defaultDatastore(verbDependencies());
