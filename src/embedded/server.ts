/** The embedded server: the platform of one data directory, served over HTTP on this machine. */
import { admission } from './admission.ts';
import { listen } from './http-server.ts';
import { importThreads } from './import-threads.ts';
import { lakeThreads } from './lake-threads.ts';
import { isLoopback } from './loopback.ts';
import type { Population } from '../operations/datastore/datastore-record.ts';
import type { OwnLexicon } from './own-lexicon.ts';
import { openPlatform } from './platform.ts';
import type { PreloadProgress } from './platform.ts';
import type { AccessKey } from './signatures.ts';
import { sqlTurns } from './sql-turns.ts';
import { randomIds } from '../machine/random-ids.ts';
import type { ClinicalNlp } from '../ports/clinical-nlp.ts';
import type { Fault } from '../operations/serve.ts';
import { systemClock } from '../machine/system-clock.ts';

const defaultName = 'default';

export interface ServerOptions {
  readonly dataDirectory: string;
  /** 0 takes any that is free. */
  readonly port: number;
  /** A loopback address; 127.0.0.1 unless given. */
  readonly host?: string;
  /** What the default data store of a new directory begins with; nothing unless given. */
  readonly population?: Population | 'empty';
  /** The families that the default data store of a new directory is made without; of one that is there, it has to be its own. */
  readonly omitted?: readonly string[];
  /** Whether lakes are kept, of the data stores that are to have one; they are unless this is false. */
  readonly analytics?: boolean;
  /** What clients sign with; without any, everyone on this machine may ask. */
  readonly accessKeys?: readonly AccessKey[];
  /** Has the notes of the default data store read, from now on. */
  readonly nlp?: boolean;
  /** What the local engine finds beside its sample. */
  readonly lexicon?: OwnLexicon;
  /** What reads notes; the local engine unless given. */
  readonly clinicalNlp?: ClinicalNlp;
  /** Folders that bulk jobs read and write, by the names that they have as buckets. */
  readonly buckets?: ReadonlyMap<string, string>;
  /** Told of what neither FHIR nor we foresaw. */
  readonly reportFault: (fault: Fault) => void;
  /** Told what whoever runs the server should know, in a line without anything of a resource. */
  readonly note?: (text: string) => void;
  /** Told while a population is being made. */
  readonly reportProgress?: (made: PreloadProgress) => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:{port}/datastore/{datastoreId}/r4` of the default data store, without a slash at the end. */
  readonly baseUrl: string;
  readonly port: number;
  /** The default one first. */
  readonly datastoreIds: readonly string[];
  /** True when this start made the default data store. */
  readonly firstRun: boolean;
  /** Answers what is in progress, takes nothing more, and lets go of the directory. */
  close(): Promise<void>;
}

/**
 * Resolves when every request is answered from the whole population.
 * @throws DirectoryRefused, or the system's error when the port cannot be had (`EADDRINUSE`, `EACCES`)
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { dataDirectory, port, host = '127.0.0.1', population = 'empty', omitted, analytics = true, accessKeys = [], nlp = false, clinicalNlp, lexicon, buckets, note, reportFault: report } = options;
  if (!isLoopback(host)) throw new RangeError('The server listens on loopback only until authorization exists.');
  const surroundings = { clock: systemClock, ids: randomIds, report, importThreads: importThreads(), sqlTurns: sqlTurns(), ...(analytics && { lakeThreads: lakeThreads() }), ...(buckets && { buckets }), ...(note && { note }), ...(clinicalNlp && { nlp: clinicalNlp }), ...(lexicon && { lexicon }) };
  const platform = await openPlatform(dataDirectory, surroundings);
  const closing: (() => Promise<void>)[] = [platform.close];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    // The port first: it would be a pity to make a population and then find it taken.
    const { control, events } = platform;
    const admitted = admission({ keys: accessKeys, clock: systemClock });
    const http = await listen({ ...surroundings, host, port, control, events, admission: admitted, find: (datastoreId) => platform.find(datastoreId)?.answer, desk: (datastoreId) => platform.find(datastoreId)?.desk });
    // Those who wait for events are answered first: the server would wait for them.
    closing.push(http.close, async () => events.release());
    const authority = `${host.includes(':') ? `[${host}]` : host}:${http.port}`;
    platform.servedAt(`http://${authority}`);
    const firstRun = platform.datastoreIds().length === 0;
    if (firstRun) await platform.createDataStore({ name: defaultName, ...(population === 'empty' ? {} : { population }), ...(omitted && { omitted }), nlp });
    else if (omitted !== undefined) await platform.requireOmissions(omitted);
    if (nlp && !firstRun) await platform.enableNlp();
    await platform.finishPreloading(options.reportProgress ?? (() => {}));
    const datastoreIds = platform.datastoreIds();
    return { baseUrl: `http://${authority}/datastore/${datastoreIds[0]}/r4`, port: http.port, datastoreIds, firstRun, close };
  } catch (error) {
    await close();
    throw error;
  }
}
