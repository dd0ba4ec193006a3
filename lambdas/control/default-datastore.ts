/** The default data store as a custom resource, for CDK's provider framework: the event's handler, and whether it is complete. */
import { verbDependencies } from '../../src/aws/control-ports.ts';
import { defaultDatastore } from '../../src/operations/datastore/default-datastore.ts';

export const handler = defaultDatastore(verbDependencies());
