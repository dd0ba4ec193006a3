/** The data store as operations see it: versioned resources, their history, search and transactions. */
import type { Resource } from '../fhir/resource.ts';
import type { CompartmentType } from '../fhir/search/compartments.ts';
import type { SearchParameters } from '../fhir/search/parameters.ts';
import type { SearchQuery } from '../fhir/search/search-query.ts';
import type { ContentDigest } from '../ports/contents.ts';

/** One version of a resource (https://hl7.org/fhir/R4/http.html#versioning). */
export interface ResourceVersion {
  readonly type: string;
  readonly id: string;
  /** Integers, from 1 or what an import brought along. */
  readonly versionId: number;
  /** Milliseconds since the epoch. */
  readonly lastUpdated: number;
  /** How this version came to be, for history entries. */
  readonly interaction: Interaction;
  /** The JSON exactly as accepted, with the server's id, meta.versionId and meta.lastUpdated; absent for a deletion. */
  readonly json?: string;
  /** Of a Binary whose data is too large for a resource: it lies in the object store, and `json` has the rest. */
  readonly content?: StoredContent;
}

export interface StoredContent extends ContentDigest {
  /** In the object store; never written again. */
  readonly key: string;
}

/** A content that comes with a version, to be laid under the key that the store chooses for it. */
export interface NewContent extends ContentDigest {
  /** The bytes, or what lays them there from elsewhere and resolves when the object is durable. */
  readonly place: Uint8Array | ((key: string) => Promise<void>);
}

export type Interaction = 'create' | 'update' | 'delete';

export type Write =
  | {
      readonly interaction: 'create';
      readonly resource: Resource;
      readonly content?: NewContent;
      /** Chosen by the caller for idempotency keys and bundles; else the store makes one. Must be unused. */
      readonly id?: string;
    }
  | {
      readonly interaction: 'update';
      readonly resource: Resource & { id: string };
      readonly content?: NewContent;
      /** The version the client saw (`If-Match`). */
      readonly ifMatch?: number;
      /** `If-None-Match: *`: only where there is no such resource, not even a deleted one. */
      readonly ifNoneMatch?: '*';
    }
  | { readonly interaction: 'delete'; readonly type: string; readonly id: string; readonly ifMatch?: number };

export interface WriteResult {
  readonly type: string;
  readonly id: string;
  /** Absent when a delete found nothing to delete. */
  readonly version?: ResourceVersion;
  /** True when the resource did not exist, or was deleted, before. */
  readonly created: boolean;
}

export interface HistoryRequest {
  /** Both absent: the whole system; type alone: the type; both: the instance. */
  readonly type?: string;
  readonly id?: string;
  readonly count: number;
  /** Only versions made at or after this instant (ms). */
  readonly since?: number;
  /** Only versions that were current at some time in [low, high) (ms). */
  readonly at?: { readonly low: number; readonly high: number };
  /** The `next` of the page before. */
  readonly cursor?: string;
}

export interface HistoryVersion extends ResourceVersion {
  /** Present where the resource's history begins with it. */
  readonly isFirst?: true;
}

export interface HistoryPage {
  /** Newest first. */
  readonly versions: readonly HistoryVersion[];
  readonly next?: string;
}

export interface SearchMatch extends ResourceVersion {
  /** The ids of the contained resources that matched, in document order; absent when the resource itself matched alone. */
  readonly contained?: readonly string[];
  /** True where the resource itself matched beside them. */
  readonly itself?: true;
}

export interface SearchPage {
  readonly matches: readonly SearchMatch[];
  /** Opaque; to be sent back with the same query. */
  readonly next?: string;
  /** How many resources match in all, where the query asks for it. */
  readonly total?: number;
  /** How the page was found, where the query asks for it. */
  readonly explanation?: SearchExplanation;
}

/** A search of a compartment across types, in the order of the clinical date (https://hl7.org/fhir/R4/compartmentdefinition.html). */
export interface CompartmentSearch {
  readonly compartment: CompartmentType;
  readonly id: string;
  /**
   * One for each type that is asked for, resolved, in no order of its own; what makes a page is that of the first. That
   * the resource is in the compartment is not among their conditions.
   */
  readonly queries: readonly SearchQuery[];
  /** What else a member has to fulfil; the same whenever `applied` of the queries is. */
  readonly holds?: (resource: Resource) => boolean;
}

/** What one page of a search took. It names parameters and families, never values. */
export interface SearchExplanation {
  /** The walks that could have answered, the chosen one first. */
  readonly drivers: readonly {
    readonly kind: string;
    /** The family of the index and the parameters that it was narrowed by, as `patient-code (patient, code, date)`. */
    readonly family: string;
    /** Ranges of the index that the walk reads. */
    readonly ranges: number;
  }[];
  /** Whether the answer's order is that of the walk, or matches were gathered and sorted. */
  readonly order: 'walk' | 'gathered';
  /** Index entries read. */
  readonly candidates: number;
  /** Resources read and held against the query. */
  readonly hydrations: number;
  readonly matches: number;
  /** Strong reads of 4 KB, as DynamoDB would count them. */
  readonly readUnits: number;
}

/**
 * Every method throws `FhirError` for what FHIR foresees: 404 and 410 are left to the caller (`undefined`, a
 * deleted version), 409 for contention, 412 for preconditions, 400 for a bad cursor.
 */
export interface DataStore {
  /** The current version, a deletion included; `undefined` when there never was such a resource. */
  read(type: string, id: string): Promise<ResourceVersion | undefined>;
  /**
   * As `read`, of many at a time: in the order of `keys`, of which none comes twice. All of their texts lie in memory
   * together: ask for a hundred, not for thousands.
   */
  readMany(keys: readonly Pick<ResourceVersion, 'type' | 'id'>[]): Promise<readonly (ResourceVersion | undefined)[]>;
  vread(type: string, id: string, versionId: number): Promise<ResourceVersion | undefined>;
  history(request: HistoryRequest): Promise<HistoryPage>;
  write(write: Write, options?: WriteOptions): Promise<WriteResult>;
  /** Creates the resource unless one made under the same claim still matches; then answers that one. */
  createUnderClaim(resource: Resource, claim: Claim, options?: WriteOptions): Promise<WriteResult>;
  /** Claims criteria for a create that is to follow in a transaction, under `wantedId` unless another came first. */
  reserve(type: string, claim: Claim, wantedId: string): Promise<Reservation>;
  /** All or nothing, to 4,500 writes; results in the order of `writes`. No resource twice. */
  transact(writes: readonly Write[], options?: TransactOptions): Promise<readonly WriteResult[]>;
  /** What a transaction of this id wrote, if one was committed and is not forgotten; one that is still pending will not be. */
  transacted(transactionId: string): Promise<readonly TransactedMember[] | undefined>;
  /** The record of a committed transaction that was given a `transactionId` is no longer needed. */
  forget(transactionId: string): Promise<void>;
  /** What searches may use at this moment: a parameter of the store's own is among them from the end of a `$reindex` on. */
  searchParameters(): Promise<SearchParameters>;
  search(query: SearchQuery, cursor?: string): Promise<SearchPage>;
  searchCompartment(asked: CompartmentSearch, cursor?: string): Promise<SearchPage>;
  readonly sealer: Sealer;
}

/** Turns text into an opaque, authenticated token for a URL, and back; only the store that sealed can open. */
export interface Sealer {
  seal(text: string): string;
  /** `undefined` when the token was not sealed here or was changed. */
  unseal(token: string): string | undefined;
}

export interface WriteOptions {
  /**
   * What caused the write, as `{job}#{entry}`: a write that finds a version of this origin changes nothing and
   * answers that version's result, so that a repeated job step is applied once.
   */
  readonly origin?: string;
}

/** The criteria of a conditional create. */
export interface Claim {
  /** Normalised: equal criteria have equal text. */
  readonly criteria: string;
  readonly matches: (resource: Resource) => boolean | Promise<boolean>;
}

export interface Reservation {
  /** Under which to create: others who ask under the same criteria are told the same. */
  readonly id: string;
  /** What is there already, and matches: then nothing is to be created. */
  readonly standing?: ResourceVersion;
}

export interface TransactOptions {
  /** A repeat with the same id after a commit answers the committed results; at any moment at most one commits. */
  readonly transactionId?: string;
  /** For each write the entry of the bundle that it comes from, to be told by `transacted`. */
  readonly entries?: readonly number[];
}

/** A resource that a transaction wrote. */
export interface TransactedMember extends Pick<ResourceVersion, 'type' | 'id' | 'versionId'> {
  readonly entry?: number;
}
