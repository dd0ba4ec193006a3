/**
 * A data store's lake in the catalog of AWS Glue, and the workgroup of Athena that its questions run in
 * (https://docs.aws.amazon.com/glue/latest/webapi/API_CreateTable.html, https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html).
 *
 * Whether every table is as it should be is told by one digest with the database, written when they all are: one call finds
 * out that nothing is left to do, and a run that was cut off does them all again, each to the same effect.
 */
import { createHash } from 'node:crypto';
import {
  CreateDatabaseCommand, CreateTableCommand, DeleteDatabaseCommand, GetDatabaseCommand, GetTablesCommand, UpdateDatabaseCommand, UpdateTableCommand,
} from '@aws-sdk/client-glue';
import type { GlueClient, TableInput } from '@aws-sdk/client-glue';
import type { LakeCatalog } from '../ports/lake-catalog.ts';
import { lakeDatabaseName } from './names.ts';

/** Glue takes some tens of changes a second of an account; what it refuses the SDK tries again. */
export const tablesAtOnce = 8;
/** Glue's bound of a page. */
const pageSize = 100;
const digestParameter = 'caldera_tables';

export interface GlueCatalogOptions {
  readonly client: Pick<GlueClient, 'send'>;
  readonly deployment: string;
  /** What the database has, by its name and the data store's id. */
  readonly tables: (datastoreId: string, database: string) => readonly TableInput[];
  readonly workgroups: LakeCatalog;
}

export function glueCatalog({ client, deployment, tables, workgroups }: GlueCatalogOptions): LakeCatalog {
  return {
    async provide(datastoreId, settings) {
      const Name = lakeDatabaseName(deployment, datastoreId);
      const wanted = tables(datastoreId, Name);
      const found = await digestOf(client, Name);
      const digest = createHash('sha256').update(JSON.stringify(wanted)).digest('hex');
      if (found === undefined) await created(client.send(new CreateDatabaseCommand({ DatabaseInput: { Name } })));
      if (found !== digest) {
        await provideTables(client, Name, wanted);
        await client.send(new UpdateDatabaseCommand({ Name, DatabaseInput: { Name, Parameters: { [digestParameter]: digest } } }));
      }
      await workgroups.provide(datastoreId, settings);
    },
    async remove(datastoreId) {
      await workgroups.remove(datastoreId);
      // Its tables go with it.
      await unlessMissing(client.send(new DeleteDatabaseCommand({ Name: lakeDatabaseName(deployment, datastoreId) })));
    },
  };
}

/** @returns `''` for a database whose tables were never all made, `undefined` when there is none */
async function digestOf(client: GlueCatalogOptions['client'], Name: string): Promise<string | undefined> {
  const found = await unlessMissing(client.send(new GetDatabaseCommand({ Name })));
  return found === undefined ? undefined : (found.Database?.Parameters?.[digestParameter] ?? '');
}

/** Tables that the lake has no more are left: nothing writes their files, and whoever made one beside ours keeps it. */
async function provideTables(client: GlueCatalogOptions['client'], DatabaseName: string, wanted: readonly TableInput[]): Promise<void> {
  const there = new Set<string>();
  let NextToken: string | undefined;
  do {
    const page = await client.send(new GetTablesCommand({ DatabaseName, MaxResults: pageSize, AttributesToGet: ['NAME'], NextToken }));
    for (const { Name } of page.TableList ?? []) there.add(Name!);
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== '');
  const provideTable = async (TableInput: TableInput): Promise<void> => {
    const isNew = !there.has(TableInput.Name!) && (await created(client.send(new CreateTableCommand({ DatabaseName, TableInput }))));
    if (!isNew) await client.send(new UpdateTableCommand({ DatabaseName, TableInput, SkipArchive: true }));
  };
  for (let from = 0; from < wanted.length; from += tablesAtOnce) await Promise.all(wanted.slice(from, from + tablesAtOnce).map(provideTable));
}

/** @returns false when another, or an earlier attempt whose answer was lost, has made it */
async function created(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'AlreadyExistsException') return false;
    throw error;
  }
}

async function unlessMissing<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && error.name === 'EntityNotFoundException') return undefined;
    throw error;
  }
}
