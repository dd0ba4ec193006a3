/**
 * The files that one piece of an export writes. Where a file ends is decided by the lines alone, never by time or by who works
 * on the piece: two who do write the same files, and whoever goes on after a crash writes those again that he finds no note of.
 */
import type { ExportContext } from './export-dependencies.ts';
import { withBucket } from './export-dependencies.ts';
import { exportFileBytes, ExportFailed, maxExportFiles, outputPlace, stepsOf } from './export-job.ts';
import type { ExportedFile, ExportedKind, ExportRequest } from './export-job.ts';
import { carryKey, exportFileKey, spillKey } from './export-objects.ts';
import type { PieceCounts, PieceNote } from './export-objects.ts';
import { LineBuffers } from './line-buffers.ts';
import type { BufferedLines, ExportLine } from './line-buffers.ts';

/** A line that is too large for memory. */
export interface LargeLine extends Omit<ExportLine, 'bytes'> {
  readonly sizeBytes: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** When files are closed, the largest of them are, until this part of a file's size is left. */
const restPart = 1 / 8;

/** What is going to be a file: its lines, and where they come from. */
type NewFile = Omit<ExportedFile, 'name'> & { readonly open: () => AsyncIterable<Uint8Array> };

export class PieceFiles {
  readonly #context: ExportContext;
  readonly #piece: number;
  readonly #note: PieceNote;
  readonly #buffers = new LineBuffers();
  #counts: PieceCounts;
  #files: number;
  /** A file is written while lines of the next ones are found. */
  #writing: Promise<void> = Promise.resolve();
  #written: { readonly number: number; readonly file: ExportedFile }[] = [];

  constructor(context: ExportContext, piece: number, note: PieceNote) {
    this.#context = context;
    this.#piece = piece;
    this.#note = note;
    this.#files = note.files;
    this.#counts = note;
  }

  /** Takes up what was carried on to this slice. */
  async open(): Promise<void> {
    const { carry, carried } = this.#note;
    if (carry === undefined) return;
    const bytes = await this.#context.objects.get(carry);
    if (bytes === undefined) throw restored();
    this.#buffers.restore(carried, bytes);
  }

  async add(line: ExportLine | LargeLine): Promise<void> {
    if ('open' in line) {
      const { kind, type, open } = line;
      this.#count(line.kind, line.sizeBytes + 1);
      return this.#write({ kind, type, count: 1, sizeBytes: line.sizeBytes + 1, open: () => ended(open()) });
    }
    this.#buffers.add(line);
    this.#count(line.kind, line.bytes.length + 1);
    const { fileBytes = exportFileBytes } = this.#context;
    if (this.#buffers.sizeBytes < fileBytes) return undefined;
    while (this.#buffers.sizeBytes > fileBytes * restPart) await this.#write(fileOf(this.#buffers.takeLargest()));
    return undefined;
  }

  /** The piece has come to its end: what is left becomes files. @returns the note of it */
  async end(): Promise<boolean> {
    while (this.#buffers.sizeBytes > 0) await this.#write(fileOf(this.#buffers.takeLargest()));
    return this.#keep({ carried: [], done: true });
  }

  /** The slice is over. @returns false when another has gone on from where this one began */
  async checkpoint(after: PieceNote['after']): Promise<boolean> {
    const { objects, job, ids } = this.#context;
    const lines = this.#buffers.all();
    const carry = lines.length === 0 ? undefined : carryKey(job.id, this.#piece, ids.uuid());
    if (carry !== undefined) await objects.put(carry, Buffer.concat(lines.flatMap(({ blocks }) => blocks)));
    const carried = lines.map(({ kind, type, count, sizeBytes }) => ({ kind, type, count, sizeBytes }));
    return this.#keep({ carried, ...(carry && { carry }), ...(after && { after }) });
  }

  /** Waits for a file that is being written, whatever becomes of it: before work is given up. */
  async abandon(): Promise<void> {
    await this.#writing.catch(() => undefined);
  }

  async #keep(change: Pick<PieceNote, 'carried' | 'carry' | 'after' | 'done'>): Promise<boolean> {
    const { notes, objects } = this.#context;
    await this.#writing;
    await notes.noteFiles(this.#piece, this.#written);
    const { resources, deleted, errors, sizeBytes } = this.#counts;
    const note: PieceNote = { resources, deleted, errors, sizeBytes, checkpoint: this.#note.checkpoint + 1, files: this.#files, ...change };
    const isKept = await notes.notePiece(this.#piece, note);
    const useless = isKept ? this.#note.carry : change.carry;
    if (useless !== undefined) await objects.delete(useless);
    return isKept;
  }

  #count(kind: ExportedKind, sizeBytes: number): void {
    // Counted when they are in their blocks.
    if (kind === 'spilled') return;
    const { resources, deleted, errors } = this.#counts;
    this.#counts = {
      resources: resources + (kind === 'resources' ? 1 : 0), deleted: deleted + (kind === 'deleted' ? 1 : 0), errors: errors + (kind === 'errors' ? 1 : 0),
      sizeBytes: this.#counts.sizeBytes + sizeBytes,
    };
  }

  async #write({ open, ...lines }: NewFile): Promise<void> {
    await this.#writing;
    const number = this.#files;
    if (number >= maxExportFiles) throw new ExportFailed(`An export has up to ${maxExportFiles} files, and this one has more. Export fewer types at a time.`);
    const file = { ...lines, name: fileName(lines, { piece: this.#piece, pieces: stepsOf(this.#context.job)?.pieces ?? 0, number }) };
    this.#files += 1;
    this.#writing = writeFile(this.#context, file, open()).then(() => void this.#written.push({ number, file }));
    // Whoever waits for it next hears of it.
    this.#writing.catch(() => undefined);
  }
}

/** Objects are no part of a backup: a job that was under way when it was made has lost what it kept. */
export function restored(): ExportFailed {
  return new ExportFailed('What the export had kept is not there any more, as after a restore of the data store. Export again.');
}

interface Numbered {
  readonly piece: number;
  readonly pieces: number;
  readonly number: number;
}

/** As HealthLake names them: `{Type}/{Type}-{digits}-{n}-{m}.ndjson`, here the pieces, the piece, and the file's number in it. */
export function fileName({ kind, type }: Pick<ExportedFile, 'kind' | 'type'>, { piece, pieces, number }: Numbered): string {
  const folder = kind === 'resources' ? type : kind;
  return `${folder}/${type}-${String(pieces).padStart(5, '0')}-${piece}-${number}.ndjson`;
}

function fileOf({ blocks, ...lines }: BufferedLines): NewFile {
  return { ...lines, open: () => inTurn(blocks) };
}

async function* inTurn(blocks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* blocks;
}

async function* ended(line: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* line;
  yield Uint8Array.of(0x0a);
}

/** `{datastoreId}-FHIR_EXPORT-{jobId}/` below the output, with what stands before it in the bucket. */
export function outputFolder({ request, datastoreId, job: { id } }: Pick<ExportContext, 'request' | 'datastoreId' | 'job'>): string {
  const { key } = outputPlace(request) ?? { key: '' };
  return `${key === '' || key.endsWith('/') ? key : `${key}/`}${datastoreId}-FHIR_EXPORT-${id}/`;
}

/** The folder of the job in its bucket, as a URI; `undefined` where we serve the files. */
export function folderUri(context: Pick<ExportContext, 'request' | 'datastoreId' | 'job'>): string | undefined {
  const place = outputPlace(context.request);
  return place === undefined ? undefined : `s3://${place.bucket}/${outputFolder(context)}`;
}

/** Puts a file to where the request wants it. @throws ExportFailed for what a bucket refuses */
export async function writeFile(context: ExportContext, { kind, name }: Pick<ExportedFile, 'kind' | 'name'>, body: AsyncIterable<Uint8Array>): Promise<void> {
  const { request, job, bucketsOf, keepContent } = context;
  if (kind === 'spilled') return keepContent(spillKey(job.id, name), body);
  const place = outputPlace(request);
  if (place === undefined) return keepContent(exportFileKey(job.id, name), body);
  const { roleArn, kmsKeyId } = request.output as Extract<ExportRequest['output'], { place: 'bucket' }>;
  const key = `${outputFolder(context)}${name}`;
  return withBucket(() => bucketsOf(roleArn).put({ bucket: place.bucket, key }, body, kmsKeyId === undefined ? {} : { kmsKeyId }));
}
