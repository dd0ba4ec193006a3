/** assemble: the outcomes of a file's pieces become its outputs in `SUCCESS/` and `FAILURE/`, with the numbers of its lines. */
import type { ImportContext } from './import-dependencies.ts';
import { outputFolder, withBucket } from './import-dependencies.ts';
import { keptIsGone } from './import-job.ts';
import type { ImportFile, ImportPiece, ImportRequest } from './import-job.ts';
import { partKey, unpackedKey } from './import-objects.ts';
import type { AssembledFile, LoadedPiece, OutcomeKind } from './import-objects.ts';
import { wholeFile } from './outcomes.ts';
import { withEnding } from './output-name.ts';
import { kindOf } from './plan-import.ts';

interface Assembling {
  readonly context: ImportContext;
  readonly file: ImportFile;
  readonly loaded: readonly LoadedPiece[];
}

/** Writes the outputs of a file whose pieces are all loaded. Done twice, or by two at a time, it comes to the same. */
export async function assembleFile(context: ImportContext, file: ImportFile, pieces: readonly ImportPiece[]): Promise<AssembledFile> {
  const { notes } = context;
  const known = await notes.file(file.file);
  if (known !== undefined) {
    // What another was about to remove when it died.
    await tidied(context, file, pieces.map(() => undefined));
    return known;
  }
  try {
    return await assembled(context, file, pieces);
  } catch (error) {
    // Another who works on the job may have come to the end of the file, and removed what it was made of.
    const meanwhile = await notes.file(file.file);
    if (meanwhile === undefined) throw error;
    return meanwhile;
  }
}

async function assembled(context: ImportContext, file: ImportFile, pieces: readonly ImportPiece[]): Promise<AssembledFile> {
  const { notes } = context;
  const loaded: LoadedPiece[] = [];
  for (const { piece } of pieces) {
    const one = await notes.piece(file.file, piece);
    if (one === undefined) throw new Error('A file is to be assembled before all of its pieces are loaded.');
    loaded.push(one);
  }
  for (const kind of ['SUCCESS', 'FAILURE'] as const) await output({ context, file, loaded }, kind);
  const sum = summed(file, loaded);
  await notes.noteFile(file.file, sum);
  await tidied(context, file, loaded);
  return sum;
}

/** What becomes of a compressed file whose content there is not. */
export async function refuseFile(context: ImportContext, file: ImportFile, refusal: string): Promise<AssembledFile> {
  const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'processing', diagnostics: refusal }] };
  const line = `{"lineId":${wholeFile},"UpdateResourceResponse":${JSON.stringify({ jsonBlob: outcome, statusCode: 400 })}}\n`;
  await put({ context, file }, 'FAILURE', new TextEncoder().encode(line));
  const sum = { sizeBytes: file.sizeBytes, scanned: 0, imported: 0, failed: 0, importedBytes: 0, refused: true };
  await context.notes.noteFile(file.file, sum);
  await context.notes.forgetPieces(file.file, 0);
  return sum;
}

async function output({ context, file, loaded }: Assembling, kind: OutcomeKind): Promise<void> {
  if (loaded.every(({ parts }) => parts[kind] === 0)) return;
  await put({ context, file }, kind, numbered({ context, file, loaded }, kind));
}

async function put({ context, file }: Omit<Assembling, 'loaded'>, kind: OutcomeKind, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  const { request: { output: place, kmsKeyId }, buckets } = context;
  const key = `${outputFolder(context)}${kind}/${outputName(context.request, file)}`;
  await withBucket('JobOutputDataConfig', () => buckets.put({ bucket: place.bucket, key }, body, kmsKeyId === undefined ? {} : { kmsKeyId }));
}

/** As the input is named below its prefix: each file of the input has one of its own. */
export function outputName({ input }: Pick<ImportRequest, 'input'>, { key, kind }: Pick<ImportFile, 'key' | 'kind'>): string {
  const below = input.key.slice(0, input.key.lastIndexOf('/') + 1);
  const name = key.slice(below.length);
  // Beside `a.json` there may be `a.json.ndjson`.
  const isOthers = ['bundle', 'gzip'].includes(kindOf(name.replace(/\.ndjson$/, '')));
  return kind === 'ndjson' && !isOthers ? name : withEnding(name, '.ndjson');
}

async function* numbered({ context: { objects, job }, file, loaded }: Assembling, kind: OutcomeKind): AsyncGenerator<Uint8Array> {
  let before = 0;
  for (const [piece, { lines, parts }] of loaded.entries()) {
    for (let part = 0; part < parts[kind]; part += 1) {
      const bytes = await objects.get(partKey(job.id, { file: file.file, piece, kind, part }));
      if (bytes === undefined) throw keptIsGone();
      yield new TextEncoder().encode(withLineIds(new TextDecoder().decode(bytes), before));
    }
    before += lines;
  }
}

/** Every line is a number, a tab and an object. */
function withLineIds(text: string, before: number): string {
  return text.replace(/^(\d+)\t\{/gm, (_found, number: string) => `{"lineId":${Number(number) === wholeFile ? wholeFile : Number(number) + before},`);
}

function summed({ sizeBytes }: ImportFile, loaded: readonly LoadedPiece[]): AssembledFile {
  const sum = (of: (one: LoadedPiece) => number): number => loaded.reduce((total, one) => total + of(one), 0);
  return {
    sizeBytes,
    scanned: sum(({ scanned }) => scanned), imported: sum(({ imported }) => imported), failed: sum(({ failed }) => failed),
    importedBytes: sum(({ importedBytes }) => importedBytes),
    refused: loaded.some(({ refused }) => refused),
  };
}

/** Removes what a file needs no more. @param loaded of each piece, where it is known */
async function tidied({ objects, notes, job }: ImportContext, { file, kind }: ImportFile, loaded: readonly (LoadedPiece | undefined)[]): Promise<void> {
  for (const [piece, one] of loaded.entries()) {
    for (const outcome of ['SUCCESS', 'FAILURE'] as const) {
      for (let part = 0; part < (one?.parts[outcome] ?? 0); part += 1) await objects.delete(partKey(job.id, { file, piece, kind: outcome, part }));
    }
    if (kind === 'gzip') await objects.delete(unpackedKey(job.id, file, piece));
  }
  await notes.forgetPieces(file, loaded.length);
}

