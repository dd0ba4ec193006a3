/**
 * The bytes of an attachment: in it, in a Binary of the store, or in an object under the store's own prefix of a bucket. Nothing else is
 * fetched: a document is not to make the server call on others.
 */
import { isObject, parseJson } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { BucketRefused } from '../../ports/buckets.ts';
import type { Buckets } from '../../ports/buckets.ts';
import { maxAttachmentBytes } from '../../ports/text-extractor.ts';
import type { DataStore } from '../../store/data-store.ts';

export interface BytesDependencies {
  readonly datastoreId: string;
  readonly store: Pick<DataStore, 'read'>;
  /** Reads a content of a Binary that lies in the object store. @returns `undefined` when there is none */
  readonly openContent: (key: string) => Promise<AsyncIterable<Uint8Array> | undefined>;
  readonly buckets: Pick<Buckets, 'head' | 'read'>;
}

export type AttachedBytes =
  | { readonly bytes: Uint8Array; readonly contentType?: string }
  /** Why there are none, for the document's status. */
  | { readonly missing: string };

const missing = {
  tooLarge: { missing: `The note is larger than the ${maxAttachmentBytes / 1024 / 1024} MB that are read.` },
  base64: { missing: 'The data of the note is no base64.' },
  binary: { missing: 'The Binary that the note lies in is not there, or has no data.' },
  object: { missing: 'The object that the note lies in is not there, or cannot be read.' },
  elsewhere: { missing: 'The note lies at another server, and is not fetched. Put it into the attachment, a Binary, or the bucket (docs/enrichment.md).' },
} as const;

/** Where documents of a data store lie in a bucket: a document of one store cannot have those of another read. */
export function documentsPrefix(datastoreId: string): string {
  return `documents/${datastoreId}/`;
}

export async function attachedBytes({ data, url }: JsonObject, dependencies: BytesDependencies): Promise<AttachedBytes> {
  if (typeof data === 'string') return inlineBytes(data);
  if (typeof url !== 'string') return missing.base64;
  const binary = binaryId(url, dependencies.datastoreId);
  if (binary !== undefined) return binaryBytes(binary, dependencies);
  const [, bucket, key] = /^s3:\/\/([^/]{1,255})\/(.{1,1024})$/.exec(url) ?? [];
  if (bucket === undefined || key === undefined || !isOwn(key, dependencies.datastoreId)) return missing.elsewhere;
  return objectBytes({ bucket, key }, dependencies);
}

/** @returns `undefined` where it names none of this store */
function binaryId(url: string, datastoreId: string): string | undefined {
  const [, base, id] = /^(.*?\/)?Binary\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/\d{1,18})?$/.exec(url) ?? [];
  return base === undefined || base.endsWith(`/datastore/${datastoreId}/r4/`) ? id : undefined;
}

function isOwn(key: string, datastoreId: string): boolean {
  return key.startsWith(documentsPrefix(datastoreId)) && !key.split('/').includes('..');
}

function inlineBytes(data: string): AttachedBytes {
  if (!/^[A-Za-z0-9+/\s]*=?\s*=?\s*$/.test(data)) return missing.base64;
  const bytes = Buffer.from(data, 'base64');
  return bytes.length > maxAttachmentBytes ? missing.tooLarge : { bytes };
}

async function binaryBytes(id: string, { store, openContent }: BytesDependencies): Promise<AttachedBytes> {
  const version = await store.read('Binary', id);
  if (version?.json === undefined) return missing.binary;
  const binary = parseJson(version.json);
  const { contentType, data } = isObject(binary) ? binary : {};
  const stated = typeof contentType === 'string' ? { contentType } : {};
  if (version.content === undefined) return typeof data === 'string' ? { ...stated, ...inlineBytes(data) } : missing.binary;
  if (version.content.sizeBytes > maxAttachmentBytes) return missing.tooLarge;
  const source = await openContent(version.content.key);
  return source === undefined ? missing.binary : { ...stated, ...await gathered(source) };
}

async function objectBytes(place: { readonly bucket: string; readonly key: string }, { buckets }: BytesDependencies): Promise<AttachedBytes> {
  try {
    const found = await buckets.head(place);
    if (found === undefined) return missing.object;
    return found.sizeBytes > maxAttachmentBytes ? missing.tooLarge : await gathered(buckets.read({ ...place, revision: found.revision }));
  } catch (error) {
    if (error instanceof BucketRefused) return missing.object;
    throw error;
  }
}

async function gathered(source: AsyncIterable<Uint8Array>): Promise<AttachedBytes> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    size += piece.length;
    if (size > maxAttachmentBytes) return missing.tooLarge;
    pieces.push(piece);
  }
  return { bytes: Buffer.concat(pieces) };
}
