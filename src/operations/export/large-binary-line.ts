/**
 * A Binary whose data is too large for a resource (docs/decisions/0007-contents-of-binaries.md), as a line of a file: with
 * its data, as an import takes it. It is read from the object store as the line is written.
 */
import { isObject, parseJson } from '../../fhir/json.ts';
import type { Json } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import { subsetted } from '../../fhir/subset.ts';
import type { StoredContent } from '../../store/data-store.ts';
import type { ExportDependencies } from './export-dependencies.ts';
import type { LargeLine } from './piece-files.ts';

/** @param json the Binary as it is stored, without its data */
export function largeBinaryLine(json: string, { key, sizeBytes }: StoredContent, openContent: ExportDependencies['openContent']): LargeLine {
  const before = Buffer.from(`${JSON.stringify(whole(parseJson(json) as Resource)).slice(0, -1)},"data":"`);
  const after = Buffer.from('"}');
  return {
    kind: 'resources', type: 'Binary', sizeBytes: before.length + Math.ceil(sizeBytes / 3) * 4 + after.length,
    async* open() {
      const content = await openContent(key);
      if (content === undefined) throw new Error('The content of a Binary is missing.');
      yield before;
      yield* inBase64(content);
      yield after;
    },
  };
}

/** Without the mark that says its data is missing, which it is not any more. */
function whole({ meta = {}, ...resource }: Resource): Resource {
  const { tag, ...others } = meta;
  const rest = Array.isArray(tag) ? tag.filter((one) => !isMark(one)) : [];
  const { resourceType, id, ...content } = resource as Resource;
  return { resourceType, ...(id !== undefined && { id }), meta: { ...others, ...(rest.length > 0 && { tag: rest }) }, ...content };
}

function isMark(tag: Json): boolean {
  return isObject(tag) && tag['system'] === subsetted.system && tag['code'] === subsetted.code;
}

/** Three bytes become four characters, so what is left of a piece goes with the next one. */
async function* inBase64(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left: Buffer = Buffer.alloc(0);
  for await (const piece of content) {
    const bytes = left.length === 0 ? Buffer.from(piece.buffer, piece.byteOffset, piece.length) : Buffer.concat([left, piece]);
    const end = bytes.length - (bytes.length % 3);
    yield Buffer.from(bytes.toString('base64', 0, end), 'latin1');
    left = Buffer.from(bytes.subarray(end));
  }
  if (left.length > 0) yield Buffer.from(left.toString('base64'), 'latin1');
}
