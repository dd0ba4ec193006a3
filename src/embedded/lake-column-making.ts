/** The work of a thread that makes columns: files of rows that come by the batch (docs/decisions/0014-lake.md). It opens no file. */
import { parentPort } from 'node:worker_threads';
import { lakeTable } from '../fhir/lake/lake-tables.ts';
import { FileMaker } from '../machine/parquet/file-maker.ts';
import type { MadeFile } from '../machine/parquet/file-maker.ts';
import { rowsOfBatch } from './lake-column-messages.ts';
import type { ColumnAnswer, ColumnRequest, RowBatch } from './lake-column-messages.ts';

const port = parentPort!;
const files = new Map<number, FileAtWork>();

port.on('message', (request: ColumnRequest) => {
  const { file } = request;
  if ('begin' in request) files.set(file, new FileAtWork(file, new FileMaker(lakeTable(request.begin.type), request.begin.partBytes)));
  else if ('batch' in request) files.get(file)?.next((maker) => taken(file, maker, request.batch));
  else if (request.end === 'given-up') files.delete(file);
  else files.get(file)?.next((maker) => ended(file, maker));
});

/** Does one thing after the other; one that fails is the last. */
class FileAtWork {
  readonly #file: number;
  readonly #maker: FileMaker;
  #work: Promise<void> = Promise.resolve();

  constructor(file: number, maker: FileMaker) {
    this.#file = file;
    this.#maker = maker;
  }

  next(step: (maker: FileMaker) => Promise<void>): void {
    this.#work = this.#behind(this.#work, step);
  }

  async #behind(before: Promise<void>, step: (maker: FileMaker) => Promise<void>): Promise<void> {
    await before;
    try {
      if (files.get(this.#file) === this) await step(this.#maker);
    } catch (error) {
      files.delete(this.#file);
      answer({ file: this.#file, failure: error as Error });
    }
  }
}

async function taken(file: number, maker: FileMaker, batch: RowBatch): Promise<void> {
  for (const row of rowsOfBatch(batch)) {
    maker.append(row);
    if (maker.isFull) answer({ file, part: await maker.end() });
  }
  answer({ file, taken: batch.bytes });
}

async function ended(file: number, maker: FileMaker): Promise<void> {
  const made = maker.rows === 0 ? undefined : await maker.end();
  files.delete(file);
  answer({ file, made });
}

/** What is sent is not looked at any more. */
function answer(message: ColumnAnswer): void {
  port.postMessage(message, transferred(message).map(({ buffer }) => buffer));
}

function transferred(message: ColumnAnswer): readonly Uint8Array<ArrayBuffer>[] {
  if ('taken' in message) return [message.taken];
  const made: MadeFile | undefined = 'part' in message ? message.part : 'made' in message ? message.made : undefined;
  return made === undefined ? [] : [made.bytes];
}
