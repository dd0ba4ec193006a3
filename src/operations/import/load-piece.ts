/**
 * load: the lines of one piece become versions, each once, and what became of every line is noted. Cut off and done again
 * it changes nothing more: each line knows by its place whether it was applied (src/store/import-trace.ts).
 */
import { badRequest, FhirError, payloadTooLarge } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import { BucketRefused } from '../../ports/buckets.ts';
import type { ImportOutcome, ImportWrite } from '../../store/importing.ts';
import { maxResourceBytes } from '../table.ts';
import { bundleLines, maxBundleFileBytes } from './bundle-lines.ts';
import type { Batches, ImportContext } from './import-dependencies.ts';
import type { ImportFile, ImportPiece } from './import-job.ts';
import { importProvenance } from './import-provenance.ts';
import { linePlace, partKey } from './import-objects.ts';
import type { LoadedPiece } from './import-objects.ts';
import { largeBinary } from './large-binary.ts';
import { linesOf } from './lines.ts';
import type { FoundLine, ImportSource } from './lines.ts';
import { outcomes } from './outcomes.ts';
import type { LineOutcome, Outcomes } from './outcomes.ts';
import { acceptedLine, isBlank, parsedText } from './read-line.ts';

/**
 * Resources that are written together unless whoever loads knows better: what a commit costs is shared by them. Two batches at
 * a time, so that one is made ready while the other waits for its commit.
 */
const usualBatches = { lines: 64, atOnce: 2, bytes: 1024 * 1024 };
/** Of the lines of a batch. */
const maxBatchBytes = 512 * 1024;

/** A Provenance resource is one for a batch: so they are everywhere the same, and not more than need be. */
function batchesOf({ batches = usualBatches, request }: ImportContext): Batches {
  return request.provenance ? usualBatches : batches;
}

export interface FilePiece {
  readonly file: ImportFile;
  readonly piece: ImportPiece;
  /** Of the file's content. */
  readonly source: ImportSource;
}

/** Done twice, or by two at a time, it comes to the same. @throws TableUnavailable; ImportFailed */
export async function loadPiece(context: ImportContext, { file, piece, source }: FilePiece): Promise<LoadedPiece> {
  const { notes, objects, job } = context;
  const known = await notes.piece(file.file, piece.piece);
  if (known !== undefined) return known;
  const told = outcomes(objects, (kind, part) => partKey(job.id, { file: file.file, piece: piece.piece, kind, part }));
  const lines = await readThrough({ context, file, piece, source, told });
  const loaded = await told.end(lines);
  await notes.notePiece(file.file, piece.piece, loaded);
  return loaded;
}

interface Loading extends FilePiece {
  readonly context: ImportContext;
  readonly told: Outcomes;
}

/** @returns how many lines there are */
async function readThrough(loading: Loading): Promise<number> {
  const { file, told } = loading;
  try {
    if (file.kind === 'unknown') {
      await told.refused(badRequest('Nothing of this file was read: its name ends in none of .ndjson, .ndjson.gz and .json.'));
      return 0;
    }
    return await (file.kind === 'bundle' ? loadBundle(loading) : loadLines(loading));
  } catch (error) {
    const refusal = error instanceof BucketRefused ? new FhirError(statusOf(error), [{ severity: 'error', code: 'processing', diagnostics: error.message }]) : error;
    if (!(refusal instanceof FhirError)) throw error;
    await told.refused(refusal);
    return 0;
  }
}

function statusOf({ reason }: BucketRefused): number {
  return reason === 'no-permission' ? 403 : 409;
}

/** A line that was read, with what is to be written of it or why it cannot be. */
type ReadLine = LineOutcome & ({ readonly write: ImportWrite } | { readonly error: FhirError });

async function loadLines(loading: Loading): Promise<number> {
  const batches = inTurn(loading);
  try {
    return await readLines(loading, batches.apply);
  } finally {
    // Also where the rest cannot be read: what was begun is told of, and what is not known of it counts for more.
    await batches.ended();
  }
}

async function readLines({ context, file, piece, source }: Loading, apply: (batch: readonly ReadLine[]) => Promise<void>): Promise<number> {
  const { lines: maxBatchLines } = batchesOf(context);
  let batch: ReadLine[] = [];
  let [lines, bytes] = [0, 0];
  for await (const line of linesOf(source, piece, maxResourceBytes)) {
    lines = line.number;
    if (line.bytes !== undefined && isBlank(line.bytes)) continue;
    const placed = { line, place: linePlace(file.file, line.offset) };
    batch.push(readLine(context, placed) ?? await readLargeLine(context, source, placed));
    bytes += line.end - line.offset;
    const turn = context.letOthers?.();
    if (turn !== undefined) await turn;
    if (batch.length < maxBatchLines && bytes < maxBatchBytes) continue;
    await apply(batch);
    [batch, bytes] = [[], 0];
  }
  await apply(batch);
  return lines;
}

interface PlacedLine {
  readonly line: FoundLine;
  readonly place: string;
}

/** `undefined` where the line is too long to be held. */
function readLine(context: ImportContext, { line: { number, offset, end, bytes }, place }: PlacedLine): ReadLine | undefined {
  return bytes && read(number, end - offset, () => lineWrite(place, () => acceptedLine(parsedText(bytes), context.request.level)));
}

async function readLargeLine(context: ImportContext, source: ImportSource, { line, place }: PlacedLine): Promise<ReadLine> {
  const { number, offset, end } = line;
  try {
    const { resource, content } = await largeBinary(context, source, line);
    return { number, sizeBytes: end - offset, write: { ...resourceWrite(place, resource), content } };
  } catch (error) {
    if (error instanceof FhirError) return { number, sizeBytes: end - offset, error };
    throw error;
  }
}

/** The resource is read at once, and again when it is asked for once more: so it is not held while its commit is waited for. */
function lineWrite(place: string, readResource: () => Resource & { id: string }): ImportWrite {
  let held: (Resource & { id: string }) | undefined = readResource();
  const { resourceType: type, id } = held;
  const resource = (): Resource & { id: string } => {
    const taken = held ?? readResource();
    held = undefined;
    return taken;
  };
  return { type, id, place, resource };
}

function resourceWrite(place: string, resource: Resource & { id: string }): ImportWrite {
  return { type: resource.resourceType, id: resource.id, place, resource: () => resource };
}

async function loadBundle(loading: Loading): Promise<number> {
  const { context, file, source } = loading;
  if (file.sizeBytes > maxBundleFileBytes) throw payloadTooLarge(`The file has more than ${maxBundleFileBytes} bytes, the most for a Bundle. Write its resources as lines of NDJSON.`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.read(0, source.sizeBytes)) chunks.push(chunk);
  const { values, link } = bundleLines(parsedText(Buffer.concat(chunks)));
  const size = Math.round(file.sizeBytes / Math.max(values.length, 1));
  const batches = inTurn(loading);
  const { lines: maxBatchLines } = batchesOf(context);
  for (let from = 0; from < values.length; from += maxBatchLines) {
    const batch = values.slice(from, from + maxBatchLines).map((value, position) => {
      const index = from + position;
      return read(index + 1, size, () => {
        if (value === null) throw badRequest('The entry has no resource that an import could store: it creates and updates, and does nothing else.');
        const resource = acceptedLine(value, context.request.level);
        link(resource, index);
        return resourceWrite(linePlace(file.file, index), resource);
      });
    });
    await batches.apply(batch);
    await context.letOthers?.();
  }
  await batches.ended();
  return values.length;
}

function read(number: number, sizeBytes: number, write: () => ImportWrite): ReadLine {
  try {
    return { number, sizeBytes, write: write() };
  } catch (error) {
    if (error instanceof FhirError) return { number, sizeBytes, error };
    throw error;
  }
}

/** So many batches are worked on at a time; they are told of in their order. */
function inTurn(loading: Loading) {
  const { atOnce, bytes: maxBytes } = batchesOf(loading.context);
  let before: Promise<void> = Promise.resolve();
  const underWay: { readonly told: Promise<void>; readonly bytes: number }[] = [];
  let bytes = 0;
  return {
    /** Resolves when a further batch may begin. @throws what became of one before it */
    async apply(batch: readonly ReadLine[]): Promise<void> {
      const ready = Promise.withResolvers<void>();
      const applying = applied(batch, loading, ready.resolve).finally(ready.resolve);
      before = tellAfter(before, { batch, applied: applying, told: loading.told });
      // Whoever waits for it next is told.
      before.catch(() => {});
      const sizeBytes = batch.reduce((sum, line) => sum + line.sizeBytes, 0);
      underWay.push({ told: before, bytes: sizeBytes });
      bytes += sizeBytes;
      await ready.promise;
      while (underWay.length >= atOnce || bytes > maxBytes) {
        const [first] = underWay.splice(0, 1);
        await first!.told;
        bytes -= first!.bytes;
      }
    },
    ended: () => before,
  };
}

/** In the order of the lines that can be written. @param ready as of `importMany` */
async function applied(batch: readonly ReadLine[], { context, file }: Loading, ready: () => void): Promise<readonly ImportOutcome[]> {
  const { importing, job, request } = context;
  const writes = batch.flatMap((line) => ('write' in line ? [line.write] : []));
  const importJob = { job: job.id, submitted: job.submitted, keepsVersions: request.keepsVersions };
  const results = await importing.importMany(writes, importJob, ready);
  const accepted = request.provenance ? writes.filter((_write, index) => !('refused' in results[index]!)) : [];
  if (accepted.length > 0) await importing.importMany([importProvenance(context, file, accepted)], importJob);
  return results;
}

interface Telling {
  readonly batch: readonly ReadLine[];
  readonly applied: Promise<readonly ImportOutcome[]>;
  readonly told: Outcomes;
}

async function tellAfter(earlier: Promise<void>, { batch, applied: applying, told }: Telling): Promise<void> {
  const [results] = await Promise.all([applying, earlier]);
  let next = 0;
  for (const line of batch) {
    if ('error' in line) {
      await told.failed(line, line.error);
      continue;
    }
    const outcome = results[next]!;
    next += 1;
    const { type: resourceType, id } = line.write;
    const telling = 'refused' in outcome ? told.failed(line, outcome.refused) : told.succeeded(line, { resourceType, id }, outcome);
    if (telling !== undefined) await telling;
  }
}
