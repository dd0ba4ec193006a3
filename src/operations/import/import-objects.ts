/**
 * What an import keeps until its end: in the store's objects the plan, the contents of compressed files and the outcomes of
 * pieces, in its table `jobs` what is done. All of it is gone when the job has ended.
 */
import type { Item, Key, OrderedTable } from '../../ports/ordered-table.ts';
import type { ImportFile, PieceCounts } from './import-job.ts';

/** Files of one object of the plan. */
export const filesPerPlan = 1000;

export type OutcomeKind = 'SUCCESS' | 'FAILURE';

/** What a piece came to, and in how many objects its outcomes lie. */
export interface LoadedPiece extends PieceCounts {
  readonly parts: Readonly<Record<OutcomeKind, number>>;
  /** True where it could not be read, or not to its end. */
  readonly refused: boolean;
}

/** What a file came to. */
export interface AssembledFile extends Omit<PieceCounts, 'lines'> {
  readonly sizeBytes: number;
  /** True for a file that could not be read, or not to its end. */
  readonly refused: boolean;
}

/** The content of a compressed file, or why there is none. */
export type UnpackedFile = { readonly sizeBytes: number } | { readonly refusal: string };

export function importPrefix(job: string): string {
  return `imports/${job}/`;
}

export function planKey(job: string, part: number): string {
  return `${importPrefix(job)}plan.${digits(part, 4)}`;
}

export function unpackedKey(job: string, file: number, part: number): string {
  return `${importPrefix(job)}${digits(file, 7)}/content.${digits(part, 6)}`;
}

export function partKey(job: string, { file, piece, kind, part }: { readonly file: number; readonly piece: number; readonly kind: OutcomeKind; readonly part: number }): string {
  return `${importPrefix(job)}${digits(file, 7)}/${digits(piece, 6)}.${kind}.${digits(part, 6)}`;
}

/** Where a line stands in the job's input: texts that sort as the lines do, by file and then by where the line begins. */
export function linePlace(file: number, offset: number): string {
  return `${digits(file, 7)}.${digits(offset, 12)}`;
}

function digits(number: number, width: number): string {
  return String(number).padStart(width, '0');
}

function partition(job: string): string {
  return `import#${job}`;
}

const pieceMark = 'p';
const fileMark = 'z';
const contentMark = 'c';
const partsMark = 'k';

/** Notes of what is done, under `import#{job}`. */
export function importNotes(jobs: OrderedTable, job: string) {
  const pk = partition(job);
  const noted = async (sk: string): Promise<unknown> => {
    const item = await jobs.get({ pk, sk }, { strong: true });
    return item === undefined ? undefined : valueOf(item);
  };
  const note = async (sk: string, value: unknown): Promise<void> => {
    await jobs.put({ pk, sk, body: new TextEncoder().encode(JSON.stringify(value)) });
  };
  const pieceSk = (file: number, piece: number): string => `${digits(file, 7)}.${pieceMark}${digits(piece, 6)}`;
  const partsSk = (file: number): string => `${digits(file, 7)}.${partsMark}`;
  return {
    piece: async (file: number, piece: number) => await noted(pieceSk(file, piece)) as LoadedPiece | undefined,
    notePiece: (file: number, piece: number, loaded: LoadedPiece) => note(pieceSk(file, piece), loaded),
    unpacked: async (file: number) => await noted(`${digits(file, 7)}.${contentMark}`) as UnpackedFile | undefined,
    noteUnpacked: (file: number, unpacked: UnpackedFile) => note(`${digits(file, 7)}.${contentMark}`, unpacked),
    file: async (file: number) => await noted(`${digits(file, 7)}.${fileMark}`) as AssembledFile | undefined,
    noteFile: (file: number, assembled: AssembledFile) => note(`${digits(file, 7)}.${fileMark}`, assembled),
    /** Forgets the pieces of a file. */
    async forgetPieces(file: number, pieces: number): Promise<void> {
      const deletes: Key[] = Array.from({ length: pieces }, (_, piece) => ({ pk, sk: pieceSk(file, piece) }));
      await jobs.batchWrite({ deletes: [...deletes, { pk, sk: `${digits(file, 7)}.${contentMark}` }] });
    },
    /** Everything noted of files, in their order. */
    async* files(): AsyncGenerator<AssembledFile> {
      for await (const item of notesOf(jobs, pk)) if (item.sk.endsWith(`.${fileMark}`)) yield valueOf(item) as AssembledFile;
    },
    /** Numbers of files, of so many, of which nothing is noted by now. */
    async* missingFiles(files: number): AsyncGenerator<number> {
      let next = 0;
      for await (const { sk } of notesOf(jobs, pk)) {
        if (!sk.endsWith(`.${fileMark}`)) continue;
        const found = Number.parseInt(sk, 10);
        for (; next < found; next += 1) yield next;
        next = found + 1;
      }
      for (; next < files; next += 1) yield next;
    },
    /** What is noted of compressed files, in their order. */
    async* contents(): AsyncGenerator<{ readonly file: number; readonly unpacked: UnpackedFile }> {
      for await (const item of notesOf(jobs, pk)) {
        if (item.sk.endsWith(`.${contentMark}`)) yield { file: Number.parseInt(item.sk, 10), unpacked: valueOf(item) as UnpackedFile };
      }
    },
    /** How many objects of a file's content are there for certain, while it is not unpacked. */
    unpackedParts: async (file: number) => (await noted(partsSk(file)) as number | undefined) ?? 0,
    noteUnpackedParts: (file: number, parts: number) => note(partsSk(file), parts),
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

async function* notesOf(jobs: OrderedTable, pk: string): AsyncGenerator<Item> {
  for (let after: string | undefined; ; ) {
    const page = await jobs.query({ pk, limit: 1000, strong: true, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    if (page.next === undefined) return;
    after = page.next;
  }
}

export type ImportNotes = ReturnType<typeof importNotes>;

function valueOf({ body }: Item): unknown {
  return JSON.parse(new TextDecoder().decode(body));
}

export function encodedPlan(files: readonly ImportFile[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(files));
}

export function decodedPlan(bytes: Uint8Array): readonly ImportFile[] {
  return JSON.parse(new TextDecoder().decode(bytes)) as readonly ImportFile[];
}
