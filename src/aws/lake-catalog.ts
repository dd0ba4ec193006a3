/** The catalog of lakes with the clients and names of a deployment, for the steps of the data store workflow. */
import { AthenaClient } from '@aws-sdk/client-athena';
import { GlueClient } from '@aws-sdk/client-glue';
import { resourceTypes } from '../fhir/definitions/resource-types.ts';
import { lakeTable } from '../fhir/lake/lake-tables.ts';
import type { LakeCatalog } from '../ports/lake-catalog.ts';
import { athenaWorkgroups } from './athena-workgroups.ts';
import { environmentVariable } from './env.ts';
import { glueCatalog } from './glue-catalog.ts';
import { catalogTables } from './glue-tables.ts';
import { addressesUri } from './lake-manifests.ts';
import { environment } from './names.ts';

export function lakeCatalog(): LakeCatalog {
  const deployment = environmentVariable(environment.deployment);
  return glueCatalog({
    client: new GlueClient({}),
    deployment,
    tables: (datastoreId, database) => catalogTables(resourceTypes.map((type) => lakeTable(type)), database, (table) => addressesUri(datastoreId, table)),
    workgroups: athenaWorkgroups({ client: new AthenaClient({}), deployment, bucket: environmentVariable(environment.objectsBucket) }),
  });
}
