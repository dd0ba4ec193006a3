/**
 * What must hold after a kill and a start: every acknowledged version is there as it was sent, an unanswered request
 * happened wholly or not at all, and searches find the current versions and nothing else.
 */
import { openConnection, type HttpConnection } from '../http-client.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { comparable, isLive, markerSystem, type Attempt, type Known, type Ledger, type References, type Unanswered } from './ledger.ts';
import { listedPages, pageCount, type Entry } from './listed-pages.ts';

/** Markers asked for in one search. */
const markersPerSearch = 50;

export interface Verified {
  readonly versions: number;
  readonly landed: number;
  readonly vanished: number;
}

/** Checks the resources given, settles what was unanswered, and adds every breach to the ledger's violations. */
export async function verify(baseUrl: string, ledger: Ledger, resources: Iterable<Known>): Promise<Verified> {
  const verifier = new Verifier(baseUrl, ledger, await openConnection(baseUrl));
  try {
    return await verifier.run(new Set(resources));
  } finally {
    verifier.close();
  }
}

class Verifier {
  private readonly path: string;
  private readonly ledger: Ledger;
  private readonly connection: HttpConnection;

  constructor(baseUrl: string, ledger: Ledger, connection: HttpConnection) {
    this.path = new URL(baseUrl).pathname;
    this.ledger = ledger;
    this.connection = connection;
  }

  close(): void {
    this.connection.close();
  }

  async run(resources: Set<Known>): Promise<Verified> {
    let [landed, vanished, versions] = [0, 0, 0];
    for (const unanswered of this.ledger.unanswered.splice(0)) {
      const adopted = await this.settle(unanswered);
      if (adopted.length) landed += 1;
      else vanished += 1;
      for (const known of adopted) resources.add(known);
    }
    for (const known of resources) versions += await this.versionsAreThere(known);
    await this.searchesFind([...resources]);
    for (const type of ['Patient', 'Observation']) await this.listingIsExact(type);
    return { versions, landed, vanished };
  }

  /** Whether the request happened: all of its writes, or none. Adopts what did, and returns it. */
  private async settle(unanswered: Unanswered): Promise<Known[]> {
    const ids = unanswered.map((attempt) => attempt.id ?? '');
    const happened: boolean[] = [];
    for (const [index, attempt] of unanswered.entries()) {
      if (!attempt.id) ids[index] = (await this.idByMarker(attempt)) ?? '';
      happened.push(attempt.id ? await this.isVersion(attempt.type, attempt.id) : ids[index] !== '');
    }
    const count = happened.filter(Boolean).length;
    if (count !== 0 && count !== unanswered.length) {
      this.ledger.violation(`a transaction of ${unanswered.length} writes was half done: ${count} of them`);
    }
    const references: References = new Map(unanswered.flatMap(({ fullUrl, type }, index) => (fullUrl ? [[fullUrl, `${type}/${ids[index]}`] as const] : [])));
    return unanswered.flatMap((attempt, index) => (happened[index] ? [this.adopt(attempt, ids[index]!, references)] : []));
  }

  /** From here on the write counts as if it had been acknowledged. */
  private adopt(attempt: Attempt, id: string, references: References): Known {
    const known = this.ledger.acknowledge(attempt, id, { references });
    this.ledger.acknowledgedWrites -= 1;
    return known;
  }

  private async idByMarker({ type, marker }: Attempt): Promise<string | undefined> {
    const found = await this.search(type, [marker!]);
    if (found.length > 1) this.ledger.violation(`${type}: one create made ${found.length} resources`);
    return found[0]?.id;
  }

  /** Whether the resource has one version more than was acknowledged. */
  private async isVersion(type: string, id: string): Promise<boolean> {
    const wanted = (this.ledger.find(type, id)?.versions.length ?? 0) + 1;
    const { status } = await this.get(`${type}/${id}/_history/${wanted}`);
    return status === 200 || status === 410;
  }

  /** Read, every vread, and the instance's history: exactly the acknowledged versions. Returns how many. */
  private async versionsAreThere(known: Known): Promise<number> {
    const { type, id, versions } = known;
    const current = await this.get(`${type}/${id}`);
    this.compare(`${type} read`, current, versions.at(-1)!.body);
    for (const [index, { body }] of versions.entries()) {
      this.compare(`${type} vread`, await this.get(`${type}/${id}/_history/${index + 1}`), body);
    }
    const history = await this.pages(`${type}/${id}/_history?_count=${pageCount}`);
    const listed = history.map(({ resource, request }) => (request?.method === 'DELETE' ? undefined : resource && comparable(resource)));
    const expected = versions.map(({ body }) => body).toReversed();
    if (JSON.stringify(listed.map(orNull)) !== JSON.stringify(expected.map(orNull))) {
      this.ledger.violation(`${type} history: ${listed.length} versions listed, ${expected.length} acknowledged, or their bodies differ`);
    }
    return versions.length;
  }

  private compare(what: string, { status, body }: { status: number; body: Buffer }, expected: string | undefined): void {
    if (status !== (expected === undefined ? 410 : 200)) {
      this.ledger.violation(`${what}: answered ${status} for ${expected === undefined ? 'a deletion' : 'an acknowledged version'}`);
    } else if (expected !== undefined && comparable(JSON.parse(body.toString()) as Resource) !== expected) {
      this.ledger.violation(`${what}: the body is not the one acknowledged`);
    }
  }

  /** The last marker of a live resource finds it; no earlier one finds anything. */
  private async searchesFind(resources: readonly Known[]): Promise<void> {
    for (const [type, ofType] of Map.groupBy(resources, (known) => known.type)) {
      const markers = ofType.flatMap(({ versions }) => versions.flatMap(({ marker }) => (marker ? [marker] : [])));
      const live = new Map(ofType.filter(isLive).map((known) => [known.versions.at(-1)!.marker!, known.id]));
      for (let from = 0; from < markers.length; from += markersPerSearch) {
        const asked = markers.slice(from, from + markersPerSearch);
        const expected = asked.flatMap((marker) => live.get(marker) ?? []);
        const found = (await this.search(type, asked)).map(({ id }) => id!);
        this.sameIds(`${type} search by identifier`, found, expected);
      }
    }
  }

  /** All resources of a type, as a search without criteria lists them. */
  private async listingIsExact(type: string): Promise<void> {
    const expected = [...this.ledger.known.values()].filter((known) => known.type === type && isLive(known)).map(({ id }) => id);
    const found = (await this.pages(`${type}?_count=${pageCount}`)).map(({ resource }) => resource!.id!);
    this.sameIds(`${type} listing`, found, expected);
  }

  private sameIds(what: string, found: readonly string[], expected: readonly string[]): void {
    const [have, want] = [new Set(found), new Set(expected)];
    const missing = expected.filter((id) => !have.has(id)).length;
    const surplus = found.filter((id) => !want.has(id)).length;
    if (missing || surplus || have.size !== found.length) {
      this.ledger.violation(`${what}: ${missing} of ${want.size} missing, ${surplus} that should not be there, ${found.length - have.size} twice`);
    }
  }

  private async search(type: string, markers: readonly string[]): Promise<Resource[]> {
    const value = markers.map((marker) => encodeURIComponent(`${markerSystem}|${marker}`)).join(',');
    return (await this.pages(`${type}?identifier=${value}&_count=${pageCount}`)).map(({ resource }) => resource!);
  }

  private async pages(path: string): Promise<readonly Entry[]> {
    const { entries, refused } = await listedPages(this.connection, `${this.path}/${path}`);
    if (refused !== undefined) this.ledger.violation(`${path.replace(/[/?].*/, '')} listing, search or history was answered ${refused}`);
    return entries;
  }

  private get(path: string) {
    return this.connection.request({ method: 'GET', path: `${this.path}/${path}` });
  }
}

const orNull = (body: string | undefined) => body ?? null;
