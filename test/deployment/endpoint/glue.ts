/**
 * The Data Catalog of AWS Glue: databases and the tables in them (https://docs.aws.amazon.com/glue/latest/webapi/WebAPI_Welcome.html).
 * A call needs leave for what it names and for what that lies in
 * (https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html).
 */
import { jsonAnswer, jsonCall, jsonError, unknownOperation } from './service.ts';
import type { Access, Service, ServiceAnswer } from './service.ts';
import type { World } from './world.ts';

export interface GlueTable {
  readonly Name: string;
  readonly TableType: string;
  readonly ViewOriginalText?: string;
  readonly StorageDescriptor: { readonly Location?: string; readonly Columns: readonly { readonly Name: string; readonly Type: string }[] };
}

interface Database {
  parameters: Readonly<Record<string, string>>;
  readonly tables: Map<string, GlueTable>;
}

export interface Glue extends Service {
  readonly databases: ReadonlyMap<string, Database>;
  /** What a call on the database needs leave for, or one on a table of it. */
  accessesOf(action: string, database: string, table?: string): readonly Access[];
}

// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own input
type Input = any;

const named = /^[a-z0-9_]{1,255}$/;

export function glue({ place: { region, account } }: World): Glue {
  const databases = new Map<string, Database>();
  const arn = (resource: string): string => `arn:aws:glue:${region}:${account}:${resource}`;
  const accessesOf = (action: string, database: string, table?: string): readonly Access[] => [
    ...(table === undefined ? [] : [arn(`table/${database}/${table}`)]), arn(`database/${database}`), arn('catalog'),
  ].map((resource) => ({ action, resource }));
  const operations: Readonly<Record<string, (input: Input) => ServiceAnswer>> = {
    CreateDatabase: ({ DatabaseInput: { Name, Parameters = {} } }) => {
      if (!named.test(Name)) return jsonError('InvalidInputException', 'The name is no name of a database.');
      if (databases.has(Name)) return jsonError('AlreadyExistsException', 'Database already exists.');
      databases.set(Name, { parameters: Parameters, tables: new Map() });
      return jsonAnswer({});
    },
    GetDatabase: ({ Name }) => within(Name, ({ parameters }) => jsonAnswer({ Database: { Name, Parameters: parameters } })),
    UpdateDatabase: ({ Name, DatabaseInput: { Parameters = {} } }) => within(Name, (database) => {
      database.parameters = Parameters;
      return jsonAnswer({});
    }),
    DeleteDatabase: ({ Name }) => within(Name, () => {
      databases.delete(Name);
      return jsonAnswer({});
    }),
    GetTables: ({ DatabaseName, NextToken, MaxResults = 100 }) => within(DatabaseName, ({ tables }) => {
      const from = Number(NextToken ?? 0);
      const page = [...tables.values()].slice(from, from + MaxResults);
      return jsonAnswer({ TableList: page, ...(tables.size > from + page.length && { NextToken: String(from + page.length) }) });
    }),
    CreateTable: ({ DatabaseName, TableInput }) => within(DatabaseName, ({ tables }) => {
      if (tables.has(TableInput.Name)) return jsonError('AlreadyExistsException', 'Table already exists.');
      tables.set(TableInput.Name, TableInput);
      return jsonAnswer({});
    }),
    UpdateTable: ({ DatabaseName, TableInput }) => within(DatabaseName, ({ tables }) => {
      if (!tables.has(TableInput.Name)) return jsonError('EntityNotFoundException', 'Table not found.');
      tables.set(TableInput.Name, TableInput);
      return jsonAnswer({});
    }),
  };
  const within = (name: string, use: (database: Database) => ServiceAnswer): ServiceAnswer => {
    const database = databases.get(name);
    return database === undefined ? jsonError('EntityNotFoundException', `Database ${name} not found.`) : use(database);
  };
  return {
    databases,
    accessesOf,
    accesses(request) {
      const { operation, input } = jsonCall(request) as { operation: string; input: Input };
      const table = operation === 'GetTables' || operation === 'DeleteDatabase' ? '*' : input.TableInput?.Name;
      const database = input.DatabaseName ?? input.Name ?? input.DatabaseInput?.Name;
      const functions = operation === 'DeleteDatabase' ? [{ action: `glue:${operation}`, resource: arn(`userDefinedFunction/${database}/*`) }] : [];
      return [...accessesOf(`glue:${operation}`, database, table), ...functions];
    },
    async answer(request) {
      const { operation, input } = jsonCall(request) as { operation: string; input: Input };
      const answer = operations[operation];
      if (answer === undefined) throw unknownOperation('glue', operation);
      return answer(input);
    },
    denied: (reason) => jsonError('AccessDeniedException', reason),
  };
}
