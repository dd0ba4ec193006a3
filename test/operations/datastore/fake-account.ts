/**
 * An account in memory: keys, tables, mappings and objects that take their time to become what they were asked to be, as
 * AWS's do. Any call can be made to fail, before or after it has had its effect.
 */
import { KeyUnusable } from '../../../src/ports/key-administration.ts';
import type { KeyAdministration } from '../../../src/ports/key-administration.ts';
import type { LakeCatalog } from '../../../src/ports/lake-catalog.ts';
import type { ObjectRemoval } from '../../../src/ports/object-removal.ts';
import type { StreamMapping, StreamMappings } from '../../../src/ports/stream-mappings.ts';
import type { TableAddress, TableAdministration, TableDescription, TableSettings } from '../../../src/ports/table-administration.ts';
import type { DatastoreRun, Workflow } from '../../../src/ports/workflow.ts';
import type { LakeSwitch } from '../../../src/operations/datastore/create-lake.ts';
import { datastoreRecords } from '../../../src/operations/datastore/datastore-record.ts';
import type { DatastoreRecords } from '../../../src/operations/datastore/datastore-record.ts';
import type { ObjectCopies } from '../../../src/ports/object-copies.ts';
import { memoryTable } from '../../store/memory-table.ts';
import { FakeContents } from './fake-contents.ts';

/** Descriptions for which a change takes. */
const changeTakes = 2;

interface FakeKey {
  readonly datastoreId: string;
  rotates: boolean;
  deleting: boolean;
}

interface FakeTable {
  settings: TableSettings & { readonly keyArn: string };
  state: TableDescription['state'];
  untilSettled: number;
  deletionProtected: boolean;
  recoverable: boolean;
  tagged: boolean;
}

interface FakeMapping {
  readonly datastoreId: string;
  readonly streamArn: string;
  state: StreamMapping['state'];
  untilSettled: number;
  current: boolean;
}

/** A failure of one call, counted over all ports. */
export interface Fault {
  /** From 1. */
  readonly call: number;
  /** `lost`: the call has its effect, and its answer is lost. */
  readonly kind: 'refused' | 'lost';
  readonly error?: Error;
}

/** Refuses what AWS refuses, as an error of the name it has there. */
function refuse(name: string): never {
  throw Object.assign(new Error(`Refused: ${name}`), { name });
}

export class FakeAccount {
  readonly keys = new Map<string, FakeKey>();
  readonly aliases = new Map<string, string>();
  readonly tables = new Map<string, FakeTable>();
  readonly mappings = new Map<string, FakeMapping>();
  readonly objects = new Map<string, number>();
  /** Catalogs of lakes: the keys that their answers lie under. */
  readonly catalogs = new Map<string, string>();
  /** What was last said of each store's lake. */
  readonly lakes = new Map<string, keyof LakeSwitch>();
  readonly runs = new Map<string, DatastoreRun>();
  readonly running = new Set<string>();
  readonly control = memoryTable();
  readonly contents = new FakeContents();
  /** Every call, as `port.method`. */
  readonly calls: string[] = [];
  faults: readonly Fault[] = [];
  #made = 0;

  readonly ports = {
    records: this.#faulty<DatastoreRecords>('records', datastoreRecords(this.control)),
    keys: this.#faulty<KeyAdministration>('keys', this.#keys()),
    tables: this.#faulty<TableAdministration>('tables', this.#tables()),
    mappings: this.#faulty<StreamMappings>('mappings', this.#mappings()),
    objects: this.#faulty<ObjectRemoval>('objects', this.#objects()),
    catalog: this.#faulty<LakeCatalog>('catalog', {
      provide: async (datastoreId, { keyArn }) => void this.catalogs.set(datastoreId, keyArn),
      remove: async (datastoreId) => void this.catalogs.delete(datastoreId),
    }),
    lakes: this.#faulty<LakeSwitch>('lakes', {
      follow: async ({ id }) => void this.lakes.set(id, 'follow'),
      pause: async ({ id }) => void this.lakes.set(id, 'pause'),
      remove: async ({ id }) => void this.lakes.set(id, 'remove'),
    }),
    copies: this.#faulty<ObjectCopies>('copies', this.contents.copies),
    workflow: this.#faulty<Workflow>('workflow', this.#workflow()),
  };

  /** What there is of a store, whatever it is called: equal for two stores that were made in the same way. */
  holdings(datastoreId: string) {
    const mine = <Value extends { datastoreId: string }>(all: Map<string, Value>) => [...all.values()].filter((one) => one.datastoreId === datastoreId);
    const keyArn = this.aliases.get(datastoreId);
    return {
      aliasNamesAKey: keyArn !== undefined && this.keys.get(keyArn)?.deleting === false,
      keys: mine(this.keys).map(({ rotates, deleting }) => ({ rotates, deleting })),
      tables: Object.fromEntries([...this.tables].filter(([name]) => name.startsWith(datastoreId)).map(([name, table]) => [name.slice(datastoreId.length), {
        state: table.state,
        stream: table.settings.stream,
        warmth: table.settings.warmth,
        limit: table.settings.limit ?? {},
        underItsKey: table.settings.keyArn === keyArn,
        deletionProtected: table.deletionProtected,
        recoverable: table.recoverable,
        tagged: table.tagged,
      }])),
      mappings: mine(this.mappings).map(({ state, current }) => ({ state, current })),
      objects: this.objects.get(datastoreId) ?? 0,
      catalogUnderItsKey: this.catalogs.has(datastoreId) ? this.catalogs.get(datastoreId) === keyArn : undefined,
    };
  }

  /** The tables of a store's contents, which fail as the other ports do. */
  tablesOf(datastoreId: string) {
    const { resources, index, jobs } = this.contents.of(datastoreId);
    return { resources: this.#faulty('resources', resources), index: this.#faulty('index', index), jobs: this.#faulty('jobs', jobs) };
  }

  #faulty<Port extends object>(name: string, port: Port): Port {
    const wrapped = Object.entries(port).map(([method, call]) => [method, async (...given: unknown[]) => {
      this.calls.push(`${name}.${method}`);
      const fault = this.faults.find((one) => one.call === this.calls.length);
      const error = fault?.error ?? Object.assign(new Error('The connection broke.'), { name: 'TimeoutError' });
      if (fault?.kind === 'refused') throw error;
      const answer: unknown = await (call as (...given: unknown[]) => Promise<unknown>)(...given);
      if (fault?.kind === 'lost') throw error;
      return answer;
    }]);
    return Object.fromEntries(wrapped) as Port;
  }

  #keys(): KeyAdministration {
    const key = (arn: string) => this.keys.get(arn) ?? refuse('NotFoundException');
    return {
      find: async (datastoreId) => {
        const aliased = this.aliases.get(datastoreId);
        const arns = [...this.keys].filter(([, one]) => one.datastoreId === datastoreId && !one.deleting).map(([arn]) => arn);
        return arns.sort((one) => (one === aliased ? -1 : 1));
      },
      create: async (datastoreId) => {
        const arn = `arn:aws:kms:test:1:key/${(this.#made += 1)}`;
        this.keys.set(arn, { datastoreId, rotates: false, deleting: false });
        return arn;
      },
      offered: async (name) => {
        if (this.keys.get(name)?.datastoreId !== 'offered') throw new KeyUnusable('It is not offered.');
        return name;
      },
      enableRotation: async (arn) => void (key(arn).rotates = true),
      assignAlias: async (datastoreId, arn) => void this.aliases.set(datastoreId, arn),
      scheduleDeletion: async (arn) => void (key(arn).deleting = true),
      removeAlias: async (datastoreId) => void this.aliases.delete(datastoreId),
    };
  }

  #tables(): TableAdministration {
    const nameOf = ({ datastoreId, table }: TableAddress) => `${datastoreId}-${table}`;
    const active = (address: TableAddress): FakeTable => {
      const table = this.tables.get(nameOf(address)) ?? refuse('ResourceNotFoundException');
      return table.state === 'active' ? table : refuse('ResourceInUseException');
    };
    const alter = (address: TableAddress, change: (table: FakeTable) => void) => {
      const table = active(address);
      change(table);
      Object.assign(table, { state: 'changing', untilSettled: changeTakes });
    };
    return {
      describe: async (address) => {
        const table = this.tables.get(nameOf(address));
        if (table === undefined) return undefined;
        if (table.untilSettled > 0 && (table.untilSettled -= 1) === 0) {
          if (table.state === 'deleting') this.tables.delete(nameOf(address));
          else table.state = 'active';
        }
        const { state, deletionProtected, settings: { stream, warmth, limit = {} } } = table;
        return { state, deletionProtected, warmth, limit, ...(stream ? { streamArn: `stream of ${nameOf(address)}` } : {}) };
      },
      create: async (address, settings) => {
        if (this.tables.has(nameOf(address))) return;
        if (this.keys.get(settings.keyArn)?.deleting !== false) refuse('ValidationException');
        const table = { settings, state: 'changing', untilSettled: changeTakes, deletionProtected: true, recoverable: false, tagged: true } as const;
        this.tables.set(nameOf(address), { ...table });
      },
      enableStream: async (address) => alter(address, (table) => (table.settings = { ...table.settings, stream: true })),
      limit: async (address, limit) => alter(address, (table) => (table.settings = { ...table.settings, limit })),
      warm: async (address, warmth) => alter(address, (table) => (table.settings = { ...table.settings, warmth })),
      setDeletionProtection: async (address, on) => alter(address, (table) => (table.deletionProtected = on)),
      setRecovery: async (address, days) => void (active(address).recoverable = days !== 0),
      recovery: async (address) => (this.tables.get(nameOf(address))?.recoverable ? { earliest: 1_000, latest: 9_000 } : undefined),
      restore: async (address, { sourceId, keyArn }) => {
        if (this.tables.has(nameOf(address))) return;
        if (this.keys.get(keyArn)?.deleting !== false) refuse('ValidationException');
        const source = this.tables.get(nameOf({ ...address, datastoreId: sourceId })) ?? refuse('TableNotFoundException');
        if (!source.recoverable) refuse('PointInTimeRecoveryUnavailableException');
        await this.contents.restore(address.datastoreId, sourceId);
        this.tables.set(nameOf(address), {
          settings: { stream: false, keyArn }, state: 'changing', untilSettled: 2 * changeTakes, deletionProtected: false, recoverable: false, tagged: false,
        });
      },
      tag: async (address) => void (active(address).tagged = true),
      delete: async (address) => {
        if (!this.tables.has(nameOf(address))) return;
        const table = active(address);
        if (table.deletionProtected) refuse('ValidationException');
        Object.assign(table, { state: 'deleting', untilSettled: changeTakes });
      },
    };
  }

  #mappings(): StreamMappings {
    const settle = (id: string, mapping: FakeMapping) => {
      if (mapping.untilSettled === 0 || (mapping.untilSettled -= 1) > 0) return;
      if (mapping.state === 'deleting') this.mappings.delete(id);
      else mapping.state = 'enabled';
    };
    const ready = (id: string): FakeMapping | undefined => {
      const mapping = this.mappings.get(id);
      return mapping?.state === 'changing' || mapping?.state === 'deleting' ? refuse('ResourceInUseException') : mapping;
    };
    return {
      find: async (datastoreId) => {
        for (const [id, mapping] of this.mappings) settle(id, mapping);
        return [...this.mappings].filter(([, one]) => one.datastoreId === datastoreId).map(([id, { streamArn, state, current }]) => ({ id, streamArn, state, current }));
      },
      create: async (streamArn) => {
        if ([...this.mappings.values()].some((one) => one.streamArn === streamArn)) refuse('ResourceConflictException');
        const datastoreId = /^stream of ([0-9a-f]{32})-resources$/.exec(streamArn)![1]!;
        this.mappings.set(`mapping ${(this.#made += 1)}`, { datastoreId, streamArn, state: 'changing', untilSettled: changeTakes, current: true });
      },
      update: async (id) => void Object.assign(ready(id)!, { state: 'changing', untilSettled: changeTakes, current: true }),
      delete: async (id) => {
        const mapping = ready(id);
        if (mapping !== undefined) Object.assign(mapping, { state: 'deleting', untilSettled: changeTakes });
      },
    };
  }

  #objects(): ObjectRemoval {
    return {
      removeSome: async (datastoreId) => {
        const left = this.objects.get(datastoreId) ?? 0;
        const removed = Math.min(left, 1000);
        this.objects.set(datastoreId, left - removed);
        return removed;
      },
    };
  }

  #workflow(): Workflow {
    return {
      start: async (run) => {
        if (this.runs.has(run.run)) return;
        this.runs.set(run.run, run);
        this.running.add(run.run);
      },
      isRunning: async (run) => this.running.has(run),
    };
  }
}
