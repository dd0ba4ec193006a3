/**
 * What the clients of the kill test know: every acknowledged version, and the one request each of them had under way
 * when the server was killed. A resource is written by one client only, so its history is known without guessing.
 */
import type { Resource } from '../../src/fhir/resource.ts';

export const markerSystem = 'urn:caldera:kill-test';

/** One version as acknowledged. */
export interface Version {
  /** The body without id and meta, as `comparable` makes it; absent for a deletion. */
  readonly body?: string;
  /** The identifier's value, new with each write: searches find the current version by it and no other. */
  readonly marker?: string;
}

/** A resource's acknowledged versions; version n is at n - 1. */
export interface Known {
  readonly type: string;
  readonly id: string;
  readonly versions: Version[];
}

/** One write as it was sent, alone or in a transaction. */
export interface Attempt {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly type: string;
  /** Absent for a POST: the server chooses. */
  readonly id?: string;
  readonly resource?: Resource;
  readonly marker?: string;
  /** The entry's full URL in a transaction, which other entries may refer to. */
  readonly fullUrl?: string;
}

/** A request whose answer never came: all of it happened, or nothing. */
export type Unanswered = readonly Attempt[];

export class Ledger {
  readonly known = new Map<string, Known>();
  /** Written since the last kill, and to be verified after the next start. */
  readonly touched = new Set<Known>();
  readonly unanswered: Unanswered[] = [];
  readonly violations: string[] = [];
  acknowledgedWrites = 0;
  acknowledgedTransactions = 0;
  /** Lawful refusals (contended, throttled) by status. */
  readonly refused: Record<number, number> = {};

  /** Adds the next version of a resource. `versionId` is what the server said it is. */
  acknowledge(attempt: Attempt, id: string, answer: { versionId?: number; references?: References }): Known {
    const known = this.find(attempt.type, id) ?? this.add(attempt.type, id);
    known.versions.push(versionOf(attempt, answer.references));
    this.touched.add(known);
    this.acknowledgedWrites += 1;
    const { versionId } = answer;
    if (versionId !== undefined && versionId !== known.versions.length) {
      this.violation(`${attempt.type}: acknowledged as version ${versionId}, but it is the client's write number ${known.versions.length}`);
    }
    return known;
  }

  find(type: string, id: string): Known | undefined {
    return this.known.get(`${type}/${id}`);
  }

  violation(text: string): void {
    this.violations.push(text);
  }

  private add(type: string, id: string): Known {
    const known: Known = { type, id, versions: [] };
    this.known.set(`${type}/${id}`, known);
    return known;
  }
}

/** `Type/id` by the full URL of a transaction's entries. */
export type References = ReadonlyMap<string, string>;

/** The version an attempt makes, references to entries of its transaction replaced as the server must. */
export function versionOf({ resource, marker }: Attempt, references: References = new Map()): Version {
  if (!resource) return {};
  let body = comparable(resource);
  for (const [fullUrl, reference] of references) body = body.replaceAll(fullUrl, reference);
  return { body, marker };
}

/** A resource's JSON without what the server sets: id and meta. Element order counts. */
export function comparable(resource: Resource): string {
  const { id: _id, meta: _meta, ...rest } = resource;
  return JSON.stringify(rest);
}

export function isLive({ versions }: Known): boolean {
  return versions.at(-1)?.body !== undefined;
}
