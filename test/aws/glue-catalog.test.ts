/** Making and removing the catalog of a data store, against a Glue in memory. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { glueCatalog } from '../../src/aws/glue-catalog.ts';

const id = 'e'.repeat(32);
const name = `cal_dera_${id}`;

interface Command {
  readonly constructor: { readonly name: string };
  // oxlint-disable-next-line typescript/no-explicit-any -- each command has its own input
  readonly input: any;
}

let database: { parameters: object; readonly tables: Map<string, object> } | undefined;
let sent: string[] = [];
let failAt: number | undefined;

function error(errorName: string): Error {
  return Object.assign(new Error(errorName), { name: errorName });
}

const client = {
  send: (async ({ constructor, input }: Command) => {
    if (failAt !== undefined && sent.length === failAt) throw error('ThrottlingException');
    sent.push(constructor.name.replace(/Command$/, ''));
    return calls[sent.at(-1)!]!(input);
  }) as never,
};

const calls: Readonly<Record<string, (input: Command['input']) => object>> = {
  GetDatabase: () => ({ Database: { Parameters: there().parameters } }),
  CreateDatabase: () => {
    if (database !== undefined) throw error('AlreadyExistsException');
    database = { parameters: {}, tables: new Map() };
    return {};
  },
  UpdateDatabase: ({ DatabaseInput }) => {
    there().parameters = DatabaseInput.Parameters;
    return {};
  },
  DeleteDatabase: () => {
    there();
    database = undefined;
    return {};
  },
  GetTables: ({ NextToken, MaxResults }) => {
    const names = [...there().tables.keys()].slice(Number(NextToken ?? 0));
    return { TableList: names.slice(0, MaxResults).map((Name) => ({ Name })), NextToken: names.length > MaxResults ? String(Number(NextToken ?? 0) + MaxResults) : undefined };
  },
  CreateTable: ({ TableInput }) => {
    if (there().tables.has(TableInput.Name)) throw error('AlreadyExistsException');
    there().tables.set(TableInput.Name, TableInput);
    return {};
  },
  UpdateTable: ({ TableInput }) => {
    if (!there().tables.has(TableInput.Name)) throw error('EntityNotFoundException');
    there().tables.set(TableInput.Name, TableInput);
    return {};
  },
};

function there(): NonNullable<typeof database> {
  if (database === undefined) throw error('EntityNotFoundException');
  return database;
}

const workgroups = { provided: 0, provide: async () => void (workgroups.provided += 1), remove: async () => void (workgroups.provided -= 1) };
const tables = (count: number, type = 'string') => () => Array.from({ length: count }, (_, index) => ({ Name: `t${index}`, StorageDescriptor: { Columns: [{ Name: 'a', Type: type }] } }));
const catalog = (wanted: ReturnType<typeof tables>) => glueCatalog({ client, deployment: 'cal-dera', tables: wanted, workgroups });
const settings = { keyArn: 'k' };

beforeEach(() => {
  database = undefined;
  sent = [];
  failAt = undefined;
  workgroups.provided = 0;
});

describe('the catalog of a data store', () => {
  test('is made of a database, its tables and a workgroup', async () => {
    await catalog(tables(250)).provide(id, settings);
    expect([database!.tables.size, workgroups.provided]).toEqual([250, 1]);
  });

  test('that is as it should be takes one call to look', async () => {
    await catalog(tables(250)).provide(id, settings);
    sent = [];
    await catalog(tables(250)).provide(id, settings);
    expect(sent).toEqual(['GetDatabase']);
  });

  test('that is of an earlier version is brought to this one, in as many pages as its tables take', async () => {
    await catalog(tables(250)).provide(id, settings);
    await catalog(tables(260, 'date')).provide(id, settings);
    expect([...database!.tables.values()].every((table) => JSON.stringify(table).includes('date'))).toBe(true);
    expect(database!.tables.size).toBe(260);
  });

  test('comes to be whole wherever an attempt was cut off', async () => {
    for (let made = 0; ; made += 1) {
      database = undefined;
      sent = [];
      failAt = made;
      const attempt = await catalog(tables(20)).provide(id, settings).then(() => 'whole', () => 'cut off');
      failAt = undefined;
      await catalog(tables(20)).provide(id, settings);
      expect(database!.tables.size).toBe(20);
      expect(database!.parameters).not.toEqual({});
      if (attempt === 'whole') break;
    }
  });

  test('is removed with all of it, once or again', async () => {
    await catalog(tables(3)).provide(id, settings);
    await catalog(tables(3)).remove(id);
    expect([database, workgroups.provided]).toEqual([undefined, 0]);
    await catalog(tables(3)).remove(id);
  });

  test('is named after deployment and store, as Glue takes names', async () => {
    const asked: unknown[] = [];
    const recording = { send: (async ({ input }: Command) => Promise.reject(asked.push(input.Name))) as never };
    await glueCatalog({ client: recording, deployment: 'cal-dera', tables: tables(1), workgroups }).provide(id, settings).catch(() => {});
    expect(asked).toEqual([name]);
  });
});
