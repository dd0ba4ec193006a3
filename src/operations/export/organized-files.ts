/**
 * Files of blocks (https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-output-file-organization): a header, which is a Parameters
 * resource that names the patient, then the Patient, then what belongs to it. A block stays in one file unless it is
 * larger than a file; then its header begins each of its files, and the manifest tells in which the next part is.
 */
import type { ExportContext } from './export-dependencies.ts';
import { exportFileBytes, ExportFailed, maxExportFiles, stepsOf } from './export-job.ts';
import type { ExportedFile } from './export-job.ts';
import type { PieceCounts, PieceNote } from './export-objects.ts';
import { fileName, writeFile } from './piece-files.ts';

export interface Block {
  /** The Patient's id. */
  readonly patient: string;
  /** Each with its end, the Patient itself first. */
  readonly lines: readonly Uint8Array[];
}

/** Lines go out together, so that many small ones cost no more than their bytes. */
const writtenTogetherBytes = 1024 * 1024;
const ofBlocks = { kind: 'resources', type: 'Patient' } as const;

export class BlockFiles {
  readonly #context: ExportContext;
  readonly #piece: number;
  readonly #note: PieceNote;
  #counts: PieceCounts;
  #files: number;
  #lines: Uint8Array[] = [];
  #sizeBytes = 0;
  readonly #written: { readonly number: number; readonly file: ExportedFile }[] = [];

  constructor(context: ExportContext, piece: number, note: PieceNote) {
    this.#context = context;
    this.#piece = piece;
    this.#note = note;
    this.#counts = note;
    this.#files = note.files;
  }

  /** Since this slice began. */
  get hasWritten(): boolean {
    return this.#written.length > 0;
  }

  /** A file that has nothing yet has room for anything. */
  hasRoomFor({ patient, lines }: Block): boolean {
    const sizeBytes = lines.reduce((sum, line) => sum + line.length, header(patient).length);
    return this.#sizeBytes === 0 || this.#sizeBytes + sizeBytes <= this.#fileBytes;
  }

  add({ patient, lines }: Block): void {
    this.#push(header(patient));
    for (const line of lines) this.#pushResource(line);
  }

  /** A block that is not held as a whole, in files of its own. */
  async addSplit(patient: string, lines: AsyncIterable<Uint8Array>): Promise<void> {
    this.#push(header(patient));
    for await (const line of lines) {
      if (this.#lines.length > 1 && this.#sizeBytes + line.length > this.#fileBytes) {
        await this.#write({ continues: true });
        this.#push(header(patient));
      }
      this.#pushResource(line);
    }
    await this.close();
  }

  /** What there is becomes a file. */
  async close(): Promise<void> {
    if (this.#sizeBytes > 0) await this.#write({ continues: false });
  }

  /** @returns false when another has gone on from where this one began */
  async end(): Promise<boolean> {
    await this.close();
    return this.#keep({ done: true });
  }

  /** The slice is over, between two files. @param after the patient whose block was written last */
  async checkpoint(after: string): Promise<true> {
    await this.#keep({ after: { pk: after, sk: '' } });
    return true;
  }

  async #keep(change: Pick<PieceNote, 'after' | 'done'>): Promise<boolean> {
    const { notes } = this.#context;
    await notes.noteFiles(this.#piece, this.#written);
    const { resources, deleted, errors, sizeBytes } = this.#counts;
    return notes.notePiece(this.#piece, { resources, deleted, errors, sizeBytes, checkpoint: this.#note.checkpoint + 1, files: this.#files, carried: [], ...change });
  }

  get #fileBytes(): number {
    return this.#context.fileBytes ?? exportFileBytes;
  }

  #pushResource(line: Uint8Array): void {
    this.#push(line);
    this.#counts = { ...this.#counts, resources: this.#counts.resources + 1 };
  }

  #push(line: Uint8Array): void {
    this.#lines.push(line);
    this.#sizeBytes += line.length;
  }

  async #write({ continues }: { readonly continues: boolean }): Promise<void> {
    const number = this.#files;
    if (number >= maxExportFiles) throw new ExportFailed(`An export has up to ${maxExportFiles} files, and this one has more. Export fewer types at a time.`);
    const pieces = stepsOf(this.#context.job)?.pieces ?? 0;
    const nameOf = (one: number): string => fileName(ofBlocks, { piece: this.#piece, pieces, number: one });
    const [lines, sizeBytes] = [this.#lines, this.#sizeBytes];
    const file: ExportedFile = { ...ofBlocks, name: nameOf(number), count: lines.length, sizeBytes, ...(continues && { continuesIn: nameOf(number + 1) }) };
    await writeFile(this.#context, file, together(lines));
    this.#written.push({ number, file });
    this.#counts = { ...this.#counts, sizeBytes: this.#counts.sizeBytes + sizeBytes };
    this.#files += 1;
    [this.#lines, this.#sizeBytes] = [[], 0];
  }
}

function header(patient: string): Uint8Array {
  const resource = { resourceType: 'Parameters', parameter: [{ name: 'header', valueReference: { reference: `Patient/${patient}` } }] };
  return Buffer.from(`${JSON.stringify(resource)}\n`);
}

async function* together(lines: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  let [some, sizeBytes]: [Uint8Array[], number] = [[], 0];
  for (const line of lines) {
    some.push(line);
    sizeBytes += line.length;
    if (sizeBytes < writtenTogetherBytes) continue;
    yield Buffer.concat(some);
    [some, sizeBytes] = [[], 0];
  }
  if (sizeBytes > 0) yield Buffer.concat(some);
}
