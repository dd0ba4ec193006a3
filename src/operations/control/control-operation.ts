/** What HealthLake's operations are made with, and what they are: functions from a checked request to the members of an answer. */
import type { Backups } from '../../ports/backups.ts';
import type { Ids } from '../../ports/ids.ts';
import type { OrderedTable } from '../../ports/ordered-table.ts';
import type { VerbDependencies } from '../datastore/begin-run.ts';
import type { DatastoreRecord, Population } from '../datastore/datastore-record.ts';
import type { Submission, WantedJob } from '../jobs/submit-job.ts';
import type { ControlOperationName, requestShapes } from './request-shapes.ts';
import type { ValueOf } from './shape.ts';

/** Where the platform is, for the ARNs of its data stores. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

/** Takes a job in for whatever runs jobs of its kind. */
export type StartJob = (store: DatastoreRecord, wanted: Omit<WantedJob, 'kind'>) => Promise<Submission>;

export interface ControlDependencies extends VerbDependencies {
  readonly ids: Pick<Ids, 'uuid'>;
  readonly place: Place;
  /** The platform's own secret: keys client tokens and seals the tokens of pages. */
  readonly secret: () => Promise<Uint8Array>;
  /** The table `jobs` of a data store. */
  readonly jobsOf: (store: DatastoreRecord) => OrderedTable;
  /** What `SYNTHEA` gives a new data store. */
  readonly population: Population;
  /** Data stores that are not DELETED. */
  readonly maxDatastores: number;
  /** Absent where data stores have no backups yet: nothing can be restored then. */
  readonly backups?: Backups;
  /** Why notes of no data store can be read here; absent where they can. */
  readonly notesRefusal?: string;
  /** Absent where nothing runs such jobs: they are refused then. */
  readonly startImport?: StartJob;
  readonly startExport?: StartJob;
}

/** What an operation knows of a request beside its input. */
export interface ControlCall {
  /** `https://host` of the platform, with what stands before `/datastore` and without a slash at the end. */
  readonly endpoint: string;
  /** Who asks. */
  readonly caller: string;
}

export type InputOf<Name extends ControlOperationName> = ValueOf<(typeof requestShapes)[Name]>;

/** Members of an answer; those that are `undefined` are left out. */
export type Output = Readonly<Record<string, unknown>>;

export type ControlOperation<Name extends ControlOperationName> = (input: InputOf<Name>, call: ControlCall) => Promise<Output>;
