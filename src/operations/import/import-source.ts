/** Where the bytes of an import's files come from: buckets, or, of compressed files, what was unpacked from there. */
import type { ImportContext } from './import-dependencies.ts';
import { pieceBytes } from './import-job.ts';
import type { ImportFile } from './import-job.ts';
import { unpackedKey } from './import-objects.ts';
import type { ImportSource } from './lines.ts';

/** The content of a file. @param sizeBytes of the content; of a compressed file, after it was unpacked */
export function contentSource(context: ImportContext, file: ImportFile, sizeBytes: number): ImportSource {
  return file.kind === 'gzip' ? unpackedSource(context, file, sizeBytes) : bucketSource(context, file);
}

/** A file of a bucket, as it was when the job was planned. */
export function bucketSource({ buckets, request: { input } }: ImportContext, { key, revision, sizeBytes }: ImportFile): ImportSource {
  return {
    sizeBytes,
    read: (begin, end) => (end > begin ? buckets.read({ bucket: input.bucket, key, revision }, { first: begin, last: end - 1 }) : nothing()),
  };
}

/** The content of a compressed file, in objects of `pieceBytes`. */
export function unpackedSource({ objects, job }: ImportContext, { file }: ImportFile, sizeBytes: number): ImportSource {
  return {
    sizeBytes,
    async* read(begin, end) {
      for (let position = begin; position < end; ) {
        const part = Math.floor(position / pieceBytes);
        const bytes = await objects.get(unpackedKey(job.id, file, part));
        if (bytes === undefined) throw new Error('The content of a compressed file is missing.');
        const found = bytes.subarray(position - part * pieceBytes, end - part * pieceBytes);
        position += found.length;
        yield found;
      }
    },
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
