/**
 * The thread of this process in which notes are read, for all data stores: started when there is one to be read, ended when there
 * was none for a while. A text that takes too long ends it, and no request ever waits for a text.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { localEngineName } from '../clinical-text/engine-version.ts';
import { NlpUnavailable } from '../ports/clinical-nlp.ts';
import type { ClinicalNlp, Entities, Entity } from '../ports/clinical-nlp.ts';
import type { OwnLexicon } from './own-lexicon.ts';
import type { ExtractedText, TextExtractor } from '../ports/text-extractor.ts';
import type { ClinicalAnswer, ClinicalOperation, ClinicalQuestion, ClinicalResult, ClinicalTask } from './clinical-messages.ts';

/** The longest piece takes a quarter of a second where it is made to hurt, on a busy machine (docs/enrichment.md). */
export const answerWithinMs = 30_000;
/** To start it takes a fifth of a second. */
const idleMs = 30_000;
const youngGenerationMb = 16;
/** A PDF of some hundred pages takes fifty; a hostile one ends the thread, and not the process. */
const oldGenerationMb = 256;

/** A profile of the process is one of its threads too (https://nodejs.org/api/cli.html#--cpu-prof). */
const profiling = process.execArgv.filter((argument) => argument.startsWith('--cpu-prof'));

interface Waiting {
  readonly resolve: (result: ClinicalResult) => void;
  readonly reject: (error: Error) => void;
}

/** A text that the engine could not read. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
}

export interface ClinicalThread extends ClinicalNlp, TextExtractor {
  close(): Promise<void>;
}

/** @param lexicon what is found beside the sample */
export function clinicalThread(lexicon?: OwnLexicon): ClinicalThread {
  const waiting = new Map<number, Waiting>();
  const state: { worker?: Worker; watch?: NodeJS.Timeout; idle?: NodeJS.Timeout; numbers: number } = { numbers: 0 };

  /** The thread is gone; the first question is what it was at. */
  const end = (error: Error): void => {
    const [first, ...others] = waiting.values();
    waiting.clear();
    clearTimeout(state.watch);
    clearTimeout(state.idle);
    void state.worker?.removeAllListeners().terminate();
    delete state.worker;
    first?.reject(error);
    for (const { reject } of others) reject(new NlpUnavailable('The thread that reads notes has ended.'));
  };
  /** Questions are answered in their order, so that the time of the first is all there is to watch. */
  const watch = (): void => {
    clearTimeout(state.watch);
    clearTimeout(state.idle);
    if (waiting.size > 0) state.watch = setTimeout(() => end(new UnreadableText('A text took too long to be read.')), answerWithinMs).unref();
    else state.idle = setTimeout(() => end(new NlpUnavailable('Nothing is asked.')), idleMs).unref();
  };
  const answered = (answer: ClinicalAnswer): void => {
    const { resolve, reject } = waiting.get(answer.number)!;
    waiting.delete(answer.number);
    if ('result' in answer) resolve(answer.result);
    else reject(failure(answer.failure));
    watch();
  };
  const thread = (): Worker => {
    if (state.worker !== undefined) return state.worker;
    const path = fileURLToPath(new URL('./clinical-thread.ts', import.meta.url));
    const worker = new Worker(path, { workerData: lexicon, execArgv: profiling, name: 'clinical', resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb, maxOldGenerationSizeMb: oldGenerationMb } });
    worker.unref();
    worker.on('message', answered);
    worker.once('error', (error) => end(new UnreadableText('The thread that reads notes has failed.', { cause: error })));
    worker.once('exit', () => end(new UnreadableText('The thread that reads notes has ended.')));
    return (state.worker = worker);
  };
  const ask = (task: ClinicalTask): Promise<ClinicalResult> => new Promise((resolve, reject) => {
    const number = (state.numbers += 1);
    waiting.set(number, { resolve, reject });
    thread().postMessage({ number, ...task } satisfies ClinicalQuestion);
    if (waiting.size === 1) watch();
  });
  const asking = (operation: ClinicalOperation) => <Found extends Entity>(text: string): Promise<Entities<Found>> => ask({ operation, text }) as Promise<Entities<Found>>;
  return {
    engine: localEngineName(lexicon?.revision),
    detectEntities: asking('detectEntities'),
    inferIcd10Cm: asking('inferIcd10Cm'),
    inferRxNorm: asking('inferRxNorm'),
    inferSnomedCt: asking('inferSnomedCt'),
    detectPhi: asking('detectPhi'),
    extract: (attachment) => ask({ attachment }) as Promise<ExtractedText>,
    async close() {
      const { worker } = state;
      end(new NlpUnavailable('The process is ending.'));
      await worker?.terminate();
    },
  };
}

function failure({ name, stack }: { readonly name: string; readonly stack?: string }): Error {
  const error = new UnreadableText(`The engine failed with ${name}.`);
  error.stack = `${error.name}: ${error.message}${stack ?? ''}`;
  return error;
}
