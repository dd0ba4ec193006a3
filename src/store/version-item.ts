/** The items that hold versions of a resource, and what they say. */
import type { Attributes, Item, Key } from '../ports/ordered-table.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Interaction, ResourceVersion, StoredContent } from './data-store.ts';
import { decodeBody } from './body.ts';
import { currentKey, resourcePartition, versionKey } from './keys.ts';

/** One version with everything the protocol needs to know of it. */
export interface StoredVersion {
  readonly type: string;
  readonly id: string;
  readonly versionId: number;
  readonly lastUpdated: number;
  /** When the first version was made: the place in date order of resources that have no clinical date. */
  readonly created: number;
  readonly interaction: Interaction;
  readonly writeId: string;
  /** The rules by which this version's index entries were computed. */
  readonly generation: number;
  readonly origin?: string;
  /** Imports that had nothing to change about it, and up to which place of their inputs (import-trace.ts). */
  readonly affirmed?: string;
  /** Absent for a deletion. */
  readonly body?: Uint8Array;
  /** Where the body lies when it is too large for an item. */
  readonly bodyObject?: string;
  /** What a Binary holds beside its body. */
  readonly content?: StoredContent;
}

/** The claim of a transaction on a current version: decided by the state of its record. */
export interface Intent {
  readonly bundleId: string;
}

/** What stands under `@`. */
export interface Current {
  /** Changes with every put of `@`: whoever writes on this condition has missed nothing. */
  readonly rev: string;
  /** Absent where a transaction claims a resource that never existed. */
  readonly version?: StoredVersion;
  readonly intent?: Intent;
  /** When (ms) a lost claim was taken off a resource that never existed; what is left keeps late puts on `absent` out. */
  readonly released?: number;
}

type VersionAttributes = Record<string, string | number>;

/** @param first stands before those of the version */
function versionAttributes(version: StoredVersion, first: { readonly rev?: string } = {}): VersionAttributes {
  const attributes: VersionAttributes = {
    ...first,
    version: version.versionId,
    updated: version.lastUpdated,
    created: version.created,
    interaction: version.interaction,
    write: version.writeId,
    generation: version.generation,
  };
  const { origin, affirmed, bodyObject, content } = version;
  if (origin !== undefined) attributes.origin = origin;
  if (affirmed !== undefined) attributes.affirmed = affirmed;
  if (bodyObject !== undefined) attributes.object = bodyObject;
  if (content !== undefined) Object.assign(attributes, { content: content.key, contentBytes: content.sizeBytes, contentHash: content.sha256 });
  return attributes;
}

export function pastVersionItem(version: StoredVersion): Item {
  return {
    pk: resourcePartition(version.type, version.id),
    sk: versionKey(version.versionId),
    attributes: versionAttributes(version),
    body: version.body,
  };
}

export function currentItem(type: string, id: string, current: Current): Item {
  const { version, intent, rev, released } = current;
  const attributes: VersionAttributes = version === undefined ? { rev } : versionAttributes(version, { rev });
  if (intent !== undefined) attributes.bundle = intent.bundleId;
  if (released !== undefined) attributes.released = released;
  const item = { pk: resourcePartition(type, id), sk: currentKey, attributes, body: version?.body };
  // An intent is no news: the feed carries the flip of its bundle and the version it becomes.
  return version !== undefined && intent === undefined ? { ...item, announce: true } : item;
}

export function intentItem(key: Key, version: StoredVersion): Item {
  return { ...key, attributes: versionAttributes(version), body: version.body };
}

export function versionOfItem(item: Item): StoredVersion {
  const [type, id] = item.pk.split('/') as [string, string];
  const attributes = item.attributes ?? {};
  return {
    type,
    id,
    versionId: attributes.version as number,
    lastUpdated: attributes.updated as number,
    created: attributes.created as number,
    interaction: attributes.interaction as Interaction,
    writeId: attributes.write as string,
    generation: attributes.generation as number,
    ...(attributes.origin === undefined ? {} : { origin: attributes.origin as string }),
    ...(attributes.affirmed === undefined ? {} : { affirmed: attributes.affirmed as string }),
    ...(attributes.object === undefined ? {} : { bodyObject: attributes.object as string }),
    ...(attributes.content === undefined ? {} : { content: contentOf(attributes) }),
    body: item.body,
  };
}

function contentOf({ content, contentBytes, contentHash }: Attributes): StoredContent {
  return { key: content as string, sizeBytes: contentBytes as number, sha256: contentHash as string };
}

export function currentOfItem(item: Item): Current {
  const attributes = item.attributes ?? {};
  return {
    rev: attributes.rev as string,
    ...(attributes.version === undefined ? {} : { version: versionOfItem(item) }),
    ...(attributes.bundle === undefined ? {} : { intent: { bundleId: attributes.bundle as string } }),
  };
}

/** The JSON of a version, `undefined` for a deletion. */
export async function versionJson(objects: ObjectStore, version: StoredVersion): Promise<string | undefined> {
  if (version.body !== undefined) return decodeBody(version.body);
  if (version.bodyObject === undefined) return undefined;
  const body = await objects.get(version.bodyObject);
  if (body === undefined) throw new Error('the object that holds a version’s body is missing');
  return decodeBody(body);
}

export async function resourceVersion(objects: ObjectStore, version: StoredVersion): Promise<ResourceVersion> {
  const { type, id, versionId, lastUpdated, interaction, content } = version;
  const json = await versionJson(objects, version);
  return { type, id, versionId, lastUpdated, interaction, ...(json === undefined ? {} : { json }), ...(content === undefined ? {} : { content }) };
}
