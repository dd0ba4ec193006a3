/**
 * What versions hold in the object store: bodies too large for an item, and contents of Binaries. Every object belongs
 * to one attempt to write one version and is never written again, so a past version reads what it always read.
 *
 * A note in the table comes before each object. Once an attempt is too old to become a version any more, the clean-up
 * goes by the notes: what no version holds is removed, and the note with it.
 */
import { hash } from 'node:crypto';
import type { Item, Key } from '../ports/ordered-table.ts';
import { encodeBody, plainBody } from './body.ts';
import type { NewContent, StoredContent } from './data-store.ts';
import { placedObjectKey, placedObjectPartitions } from './keys.ts';
import { abandonedAfterMs, type StoreContext } from './store-context.ts';
import type { StoredVersion } from './version-item.ts';
import { versionReader } from './version-reader.ts';
import { writeIdTime } from './write-id.ts';

/** An item may have 400 KB; a body beyond this goes to the object store, which leaves room for keys and attributes. */
export const maxInlineBodyBytes = 350 * 1024;

/** The attempt that an object belongs to. */
export type Attempt = Pick<StoredVersion, 'type' | 'id' | 'versionId' | 'writeId'>;

type Placing = Pick<StoreContext, 'resources' | 'objects'>;

/** The body for an item; compressed, unless that is left to the table. */
export function encodedBody({ tableCompresses }: Pick<StoreContext, 'tableCompresses'>, json: string): Uint8Array {
  return tableCompresses() ? plainBody(json) : encodeBody(json);
}

/** Puts a body that is too large for an item into the object store. @returns its key there */
export async function placeBody(context: Placing, body: Uint8Array, attempt: Attempt): Promise<string> {
  const bodyObject = `bodies/${attempt.type}/${objectName(attempt)}`;
  await note(context, bodyObject, attempt);
  await context.objects.put(bodyObject, body);
  return bodyObject;
}

/** Has a content laid under a key of this attempt's. */
export async function placeContent(context: Placing, content: NewContent, attempt: Attempt): Promise<StoredContent> {
  const { sizeBytes, sha256, place } = content;
  const key = `contents/${objectName(attempt)}`;
  await note(context, key, attempt);
  if (place instanceof Uint8Array) await context.objects.put(key, place);
  else await place(key);
  return { key, sizeBytes, sha256 };
}

/** The members of a transaction share a write id. Ids are hashed: they may mean something, and `..` names no file. */
function objectName({ type, id, writeId }: Attempt): string {
  return `${writeId}.${hash('sha256', `${type}/${id}`, 'base64url')}`;
}

async function note({ resources }: Placing, object: string, { type, id, versionId, writeId }: Attempt): Promise<void> {
  await resources.put({ ...placedObjectKey(writeId, object), attributes: { object, type, id, version: versionId, write: writeId } });
}

/** Notes read at a time. */
const rows = 100;

/** Removes the objects of attempts that came to nothing. @returns how many objects */
export async function removeAbandonedObjects(context: StoreContext): Promise<number> {
  let removed = 0;
  for (const pk of placedObjectPartitions) removed += await removeOfPartition(context, pk);
  return removed;
}

async function removeOfPartition(context: StoreContext, pk: string): Promise<number> {
  let removed = 0;
  for (let after: string | undefined; ; ) {
    const page = await context.resources.query({ pk, limit: rows, after, strong: true });
    // Notes stand in the order of their attempts.
    const old = page.items.filter(({ attributes }) => writeIdTime(attributes!.write as string) + abandonedAfterMs < context.clock.now());
    const settled = await Promise.all(old.map((item) => settle(context, item)));
    removed += settled.filter((isRemoved) => isRemoved).length;
    const deletes = old.map(({ sk }): Key => ({ pk, sk }));
    if (deletes.length > 0) await context.resources.batchWrite({ deletes });
    if (page.next === undefined || old.length < page.items.length) return removed;
    after = page.next;
  }
}

/** @returns true when the object went */
async function settle({ resources, objects }: StoreContext, { attributes = {} }: Item): Promise<boolean> {
  const { object, type, id, version: versionId, write } = attributes as Record<string, string> & { readonly version: number };
  const version = await versionReader(resources).version({ type: type!, id: id! }, versionId);
  if (version?.writeId === write) return false;
  await objects.delete(object!);
  return true;
}
