/**
 * What an export keeps: in the store's objects, under `exports/{job}/`, the files that we serve, the manifest, who is exported and
 * lines of files that are not full yet; in its table `jobs` how far each piece has come and what files there are. The notes
 * go at the end of the job, the files when they have been there for `exportLifeMs`.
 */
import type { Item, Key, OrderedTable } from '../../ports/ordered-table.ts';
import type { ExportedFile, ExportedKind } from './export-job.ts';

export const exportsPrefix = 'exports/';

export function exportPrefix(job: string): string {
  return `${exportsPrefix}${job}/`;
}

/** Where a file lies that we serve. @param name of an `ExportedFile` */
export function exportFileKey(job: string, name: string): string {
  return `${exportPrefix(job)}files/${name}`;
}

/** Where lines lie on their way into blocks. @param name of an `ExportedFile` of the kind `spilled`, which begins with that */
export function spillKey(job: string, name: string): string {
  return `${exportPrefix(job)}${name}`;
}

export function manifestKey(job: string): string {
  return `${exportPrefix(job)}manifest.json`;
}

export function patientsKey(job: string): string {
  return `${exportPrefix(job)}patients.json`;
}

export function carryKey(job: string, piece: number, attempt: string): string {
  return `${exportPrefix(job)}carry/${digits(piece, 6)}.${attempt}`;
}

/** Lines of a file that is not full yet. */
export interface CarriedPart {
  readonly kind: ExportedKind;
  readonly type: string;
  readonly count: number;
  readonly sizeBytes: number;
}

export interface PieceCounts {
  readonly resources: number;
  readonly deleted: number;
  readonly errors: number;
  readonly sizeBytes: number;
}

/** How far a piece has come. */
export interface PieceNote extends PieceCounts {
  /** Counts the notes; the next one is made on this one, or not at all. */
  readonly checkpoint: number;
  readonly after?: Key;
  readonly done?: true;
  /** Files that are written. */
  readonly files: number;
  /** What the object `carry` has, one behind the other. */
  readonly carried: readonly CarriedPart[];
  readonly carry?: string;
}

export const firstNote: PieceNote = { checkpoint: 0, files: 0, carried: [], resources: 0, deleted: 0, errors: 0, sizeBytes: 0 };

/** Notes under `export#{job}`. */
export function exportNotes(jobs: OrderedTable, job: string) {
  const pk = `export#${job}`;
  const pieceSk = (piece: number): string => `p${digits(piece, 6)}`;
  return {
    async piece(piece: number): Promise<PieceNote> {
      const item = await jobs.get({ pk, sk: pieceSk(piece) }, { strong: true });
      return item === undefined ? firstNote : valueOf(item) as PieceNote;
    },
    /** @returns false when another who works on the piece was quicker */
    async notePiece(piece: number, note: PieceNote): Promise<boolean> {
      const item = { pk, sk: pieceSk(piece), attributes: { checkpoint: note.checkpoint }, body: encoded(note) };
      const before = note.checkpoint - 1;
      const { written } = await jobs.put(item, before === 0 ? { attribute: 'checkpoint', absent: true } : { attribute: 'checkpoint', equals: before });
      return written;
    },
    /** A file that is written; noted again it is the same. */
    async noteFiles(piece: number, files: readonly { readonly number: number; readonly file: ExportedFile }[]): Promise<void> {
      if (files.length === 0) return;
      await jobs.batchWrite({ puts: files.map(({ number, file }) => ({ pk, sk: `f${digits(piece, 6)}.${digits(number, 7)}`, body: encoded(file) })) });
    },
    /** Of pieces that were begun. */
    async* pieces(): AsyncGenerator<PieceNote> {
      for await (const item of below(jobs, pk, 'p')) yield valueOf(item) as PieceNote;
    },
    /** With the piece that wrote it. */
    async* files(): AsyncGenerator<{ readonly piece: number; readonly file: ExportedFile }> {
      for await (const item of below(jobs, pk, 'f')) yield { piece: Number(item.sk.slice(1, item.sk.indexOf('.'))), file: valueOf(item) as ExportedFile };
    },
    /** Forgets everything. */
    async forget(): Promise<void> {
      for (;;) {
        const { items } = await jobs.query({ pk, limit: 1000, strong: true });
        if (items.length === 0) return;
        await jobs.batchWrite({ deletes: items.map(({ sk }) => ({ pk, sk })) });
      }
    },
  };
}

export type ExportNotes = ReturnType<typeof exportNotes>;

async function* below(jobs: OrderedTable, pk: string, mark: string): AsyncGenerator<Item> {
  for (let after: string | undefined; ; ) {
    const page = await jobs.query({ pk, from: mark, to: `${mark}~`, limit: 1000, strong: true, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    if (page.next === undefined) return;
    after = page.next;
  }
}

export function encoded(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function valueOf({ body }: Item): unknown {
  return JSON.parse(new TextDecoder().decode(body));
}

function digits(number: number, width: number): string {
  return String(number).padStart(width, '0');
}
