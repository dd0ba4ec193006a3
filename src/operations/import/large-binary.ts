/**
 * A Binary whose line is too long for memory (https://hl7.org/fhir/R4/binary.html): its `data` goes from the file to the
 * object store as it is read, and only what stands around it is held. The line is read twice, first for the digest of the
 * content, then for the content.
 */
import { createHash } from 'node:crypto';
import { isObject } from '../../fhir/json.ts';
import { badRequest, payloadTooLarge } from '../../fhir/outcome.ts';
import type { Resource } from '../../fhir/resource.ts';
import { subsetted } from '../../fhir/subset.ts';
import type { NewContent } from '../../store/data-store.ts';
import { maxBinaryBytes } from '../binary/binary-limits.ts';
import type { ImportContext } from './import-dependencies.ts';
import type { FoundLine, ImportSource } from './lines.ts';
import { acceptedLine, parsedText } from './read-line.ts';

/** What a Binary may hold beside its data. */
const maxSurroundingBytes = 64 * 1024;
/** The data in base64, and what is around it. */
const maxLineBytes = Math.ceil(maxBinaryBytes / 3) * 4 + maxSurroundingBytes;

const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c];
const opening: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const closing: ReadonlySet<number> = new Set([0x7d, 0x5d]);

const tooLong = 'The line is longer than a resource may be, and is no Binary with its data in base64.';

export interface LargeBinary {
  readonly resource: Resource & { id: string };
  readonly content: NewContent;
}

/** @throws FhirError 400, 413, 422 */
export async function largeBinary(context: ImportContext, source: ImportSource, { offset, end }: Pick<FoundLine, 'offset' | 'end'>): Promise<LargeBinary> {
  const { keepContent } = context;
  if (end - offset > maxLineBytes || keepContent === undefined) throw payloadTooLarge(tooLong);
  const scan = new Scan();
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for await (const piece of decoded(source.read(offset, end), scan)) {
    hash.update(piece);
    sizeBytes += piece.length;
  }
  const value = parsedText(Buffer.concat(scan.around));
  if (!isObject(value) || value['resourceType'] !== 'Binary' || !scan.isComplete) throw payloadTooLarge(tooLong);
  if (sizeBytes > maxBinaryBytes) throw payloadTooLarge(`The content of a Binary has at most ${maxBinaryBytes / 1024 / 1024} MB.`);
  const { data: _data, ...rest } = value;
  const accepted = acceptedLine(rest, context.request.level);
  const place = (key: string): Promise<void> => keepContent(key, decoded(source.read(offset, end), new Scan()));
  return { resource: marked(accepted), content: { sizeBytes, sha256: hash.digest('base64'), place } };
}

/** Where the resource is shown it lacks its data, and whoever wrote it back would erase that. */
function marked({ resourceType, id, meta = {}, ...content }: Resource & { id: string }): Resource & { id: string } {
  const { tag, ...otherMeta } = meta;
  return { resourceType, id, meta: { ...otherMeta, tag: [...(Array.isArray(tag) ? tag : []), { ...subsetted }] }, ...content };
}

/** The bytes of the data. @throws FhirError 400, 413 */
async function* decoded(line: AsyncIterable<Uint8Array>, scan: Scan): AsyncGenerator<Uint8Array> {
  let rest = '';
  for await (const chunk of line) {
    const text = rest + scan.take(chunk);
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    if (whole > 0) yield bytesOf(text.slice(0, whole));
  }
  if (rest !== '') throw badBase64();
}

function bytesOf(base64: string): Uint8Array {
  const bytes = Buffer.from(base64, 'base64');
  const padding = /={0,2}$/.exec(base64)![0].length;
  // Characters that are none of base64's are passed over.
  if (bytes.length !== (base64.length / 4) * 3 - padding) throw badBase64();
  return bytes;
}

function badBase64(): Error {
  return badRequest('The data is not base64. It has no spaces and no line ends, and its length is a multiple of four.', 'Binary.data');
}

/** Goes through a line and tells its outermost `data` from what stands around it. */
class Scan {
  /** The line, with an empty `data`. */
  readonly around: Uint8Array[] = [];
  isComplete = false;
  #aroundBytes = 0;
  #state: 'structure' | 'string' | 'data' = 'structure';
  #isEscaped = false;
  #depth = 0;
  /** The last string of the outermost object, while it may be the name of a member. */
  #name = '';
  #heldBack = '';

  /** @returns what of the chunk is the data's, in base64 */
  take(chunk: Uint8Array): string {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    let data = '';
    for (let from = 0; from < bytes.length; ) {
      if (this.#state !== 'data') {
        from = this.#pass(bytes, from);
        continue;
      }
      const found = bytes.indexOf(quote, from);
      const to = found === -1 ? bytes.length : found;
      data += this.#unescaped(bytes.toString('latin1', from, to));
      from = to;
      if (found === -1) break;
      this.#state = 'structure';
      this.#keep(bytes.subarray(found, found + 1));
      this.isComplete = true;
      from = found + 1;
    }
    return data;
  }

  /** Passes what is not the data's. @returns where it ends */
  #pass(bytes: Buffer, from: number): number {
    let to = from;
    while (to < bytes.length && this.#state !== 'data') {
      this.#step(bytes[to]!);
      to += 1;
    }
    this.#keep(bytes.subarray(from, to));
    return to;
  }

  #step(byte: number): void {
    if (this.#state === 'string') this.#inString(byte);
    else if (byte === quote) {
      // A value: the name before it, and a colon, are behind us.
      this.#state = this.#depth === 1 && this.#name === 'data:' && !this.isComplete ? 'data' : 'string';
      if (this.#state === 'string') this.#name = '';
    } else if (opening.has(byte)) this.#depth += 1;
    else if (closing.has(byte)) this.#depth -= 1;
    else if (byte === colon) this.#name += ':';
    else if (byte === comma) this.#name = '';
  }

  #inString(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#state = 'structure';
    else if (this.#name.length < 8) this.#name += String.fromCharCode(byte);
  }

  /** JSON may write `/` as `\\/`, and some do, also where one chunk ends and the next begins. */
  #unescaped(found: string): string {
    const text = this.#heldBack + found;
    this.#heldBack = text.endsWith('\\') ? '\\' : '';
    return text.slice(0, text.length - this.#heldBack.length).replaceAll('\\/', '/');
  }

  #keep(bytes: Uint8Array): void {
    this.#aroundBytes += bytes.length;
    if (this.#aroundBytes > maxSurroundingBytes) throw payloadTooLarge(tooLong);
    this.around.push(bytes);
  }
}
