/**
 * The patients the workloads load: Synthea's 100 transaction bundles where they are present beside the project,
 * otherwise our own synthetic population as transactions of the same shape (https://hl7.org/fhir/R4/http.html#transaction).
 */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticPopulation } from '../src/fhir/synthetic/synthetic-population.ts';
import type { Resource } from '../src/fhir/resource.ts';
import type { HttpResponse } from './http-client.ts';

const archive = join(import.meta.dirname, '..', '..', 'shared', 'data', 'synthea', 'synthea-r4-100-bundles.tar.xz');

/** Patients of our own population: about as many as the archive holds. */
const syntheticPatients = 100;
const syntheticSeed = 1;

export interface Population {
  readonly name: string;
  /** Bodies as they are sent, one patient's transaction each. */
  readonly bundles: readonly Buffer[];
  /** Resources in all bundles together. */
  readonly resources: number;
}

/** A resource of the population under the id the server gave it. */
export interface LoadedResource {
  readonly type: string;
  readonly id: string;
  readonly resource: Resource;
  /** The resource's full URL in its bundle, which references name. */
  readonly fullUrl: string;
}

export interface LoadedPopulation {
  readonly name: string;
  readonly resources: readonly LoadedResource[];
  /** `Type/id` by full URL. */
  readonly references: ReadonlyMap<string, string>;
  readonly loadSeconds: number;
}

interface TransactionBundle {
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Resource }[];
}

export function readPopulation(): Population {
  const [source, bundles] = existsSync(archive) ? ['Synthea', unpack()] : ['our own synthetic population', synthetic()];
  const resources = bundles.reduce((sum, bundle) => sum + entriesOf(bundle).length, 0);
  return { name: `${source}, ${bundles.length} transaction bundles, ${resources} resources`, bundles, resources };
}

function unpack(): Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'caldera-synthea-'));
  try {
    execFileSync('tar', ['-xJf', archive, '-C', folder]);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    return files.sort().map((name) => readFileSync(join(folder, name)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** One transaction a patient, with the shared resources it refers to, as Synthea does. */
function synthetic(): Buffer[] {
  const [shared = [], ...records] = [...syntheticPopulation({ patients: syntheticPatients, seed: syntheticSeed })];
  const sharedByReference = new Map(shared.map((resource) => [referenceTo(resource), resource]));
  return records.map((record) => {
    const members = new Map(record.map((resource) => [referenceTo(resource), resource]));
    for (const resource of members.values()) addReferred(resource, members, sharedByReference);
    const fullUrls = new Map([...members.keys()].map((reference) => [reference, `urn:uuid:${randomUUID()}`]));
    const entry = [...members].map(([reference, { id: _id, ...resource }]) => ({
      fullUrl: fullUrls.get(reference),
      resource,
      request: { method: 'POST', url: resource.resourceType },
    }));
    const pointed = (name: string, value: unknown) => fullUrls.get(targetOf(name, value)) ?? value;
    return Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }, pointed));
  });
}

/** A map's iterator reaches members that are added on the way: so references of shared resources are followed too. */
function addReferred(resource: Resource, members: Map<string, Resource>, shared: ReadonlyMap<string, Resource>): void {
  JSON.stringify(resource, (name, value: unknown) => {
    const referred = shared.get(targetOf(name, value));
    if (referred) members.set(referenceTo(referred), referred);
    return value;
  });
}

const referenceTo = ({ resourceType, id }: Resource) => `${resourceType}/${id}`;

/** What an element refers to, without a version; empty for elements that are no reference. */
function targetOf(name: string, value: unknown): string {
  return name === 'reference' && typeof value === 'string' ? value.replace(/\/_history\/\d+$/, '') : '';
}

export function entriesOf(bundle: Buffer): TransactionBundle['entry'] {
  return (JSON.parse(bundle.toString()) as TransactionBundle).entry;
}

/** Joins what was sent with what the server answered: `entry[n].response.location` names the id of entry n. */
export function loadedResources(bundle: Buffer, response: HttpResponse): LoadedResource[] {
  const answer = JSON.parse(response.body.toString()) as { entry: { response: { location?: string } }[] };
  return entriesOf(bundle).map(({ fullUrl, resource }, index) => {
    const location = answer.entry[index]?.response.location ?? '';
    const found = /([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/\d+)?$/.exec(location);
    if (!found) throw new Error(`Entry ${index} of a transaction-response names no location.`);
    return { type: found[1]!, id: found[2]!, resource, fullUrl };
  });
}
