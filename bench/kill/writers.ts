/**
 * The clients of the kill test: each creates, updates, deletes and transacts on resources of its own until the server
 * goes away, and writes down what was acknowledged before it sends anything else.
 */
import { ConnectionLost, openConnection, type HttpConnection, type HttpResponse } from '../http-client.ts';
import type { Random } from '../random.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { isLive, markerSystem, type Attempt, type Known, type Ledger } from './ledger.ts';

/** Entries of a transaction: mostly a few, sometimes many, so that kills fall into every phase of a commit. */
const usualEntries = 8;
const manyEntries = 150;
/** One in this many bodies is too large for an item of the table and lies in the object store. */
const oneLargeIn = 200;
const largeBytes = 600_000;

export interface WriterOptions {
  readonly baseUrl: string;
  readonly ledger: Ledger;
  readonly random: Random;
  /** Distinguishes this client and round: markers and ids begin with it. */
  readonly name: string;
  /** Resources this client owns from earlier rounds. */
  readonly own: Known[];
}

/** Writes until the connection is lost. What was under way then is in `ledger.unanswered`. */
export async function writeUntilKilled(options: WriterOptions): Promise<void> {
  const writer = new Writer(options, await openConnection(options.baseUrl));
  for (;;) {
    const attempts = writer.next();
    try {
      await writer.send(attempts);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      options.ledger.unanswered.push(attempts);
      return;
    }
  }
}

class Writer {
  private readonly options: WriterOptions;
  private readonly connection: HttpConnection;
  private readonly path: string;
  private count = 0;

  constructor(options: WriterOptions, connection: HttpConnection) {
    this.options = options;
    this.connection = connection;
    this.path = new URL(options.baseUrl).pathname;
  }

  /** One write, or the entries of a transaction; no resource twice. */
  next(): Attempt[] {
    const { random, own } = this.options;
    const choice = random.below(10);
    if (choice < 2) return this.transaction(2 + random.below(random.below(10) ? usualEntries : manyEntries));
    if (choice < 5 || own.length < 5) return [this.create(choice)];
    const target = random.pick(own);
    return [choice < 6 && isLive(target) ? this.deletion(target) : this.update(target)];
  }

  async send(attempts: readonly Attempt[]): Promise<void> {
    const [only] = attempts;
    if (attempts.length === 1 && !only!.fullUrl) return this.single(only!);
    const entry = attempts.map(({ method, type, id, resource, fullUrl }) => ({
      ...(fullUrl && { fullUrl }),
      ...(resource && { resource }),
      request: { method, url: id ? `${type}/${id}` : type },
    }));
    const body = JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry });
    const response = await this.connection.request({ method: 'POST', path: this.path, body });
    if (!this.accepted(response, 'transaction')) return;
    const answers = (JSON.parse(response.body.toString()) as { entry: { response: { location?: string; etag?: string } }[] }).entry;
    const ids = attempts.map(({ id }, index) => id ?? idOf(answers[index]?.response.location));
    const references = new Map(attempts.flatMap(({ fullUrl, type }, index) => (fullUrl ? [[fullUrl, `${type}/${ids[index]}`] as const] : [])));
    attempts.forEach((attempt, index) => {
      this.own(this.options.ledger.acknowledge(attempt, ids[index]!, { versionId: versionOfTag(answers[index]?.response.etag), references }));
    });
    this.options.ledger.acknowledgedTransactions += 1;
  }

  private async single(attempt: Attempt): Promise<void> {
    const { method, type, id, resource } = attempt;
    const path = `${this.path}/${type}${id ? `/${id}` : ''}`;
    const response = await this.connection.request({ method, path, ...(resource && { body: JSON.stringify(resource) }) });
    if (!this.accepted(response, method)) return;
    const versionId = versionOfTag(response.header('etag'));
    this.own(this.options.ledger.acknowledge(attempt, id ?? idOf(response.header('location')), { versionId }));
  }

  /** Contention and throttling are lawful refusals; anything else is not. */
  private accepted({ status }: HttpResponse, what: string): boolean {
    if (status >= 200 && status < 300) return true;
    const { refused } = this.options.ledger;
    if (status === 409 || status === 429 || status === 503) refused[status] = (refused[status] ?? 0) + 1;
    else this.options.ledger.violation(`${what} was answered ${status}`);
    return false;
  }

  private own(known: Known): void {
    if (!this.options.own.includes(known)) this.options.own.push(known);
  }

  private create(choice: number): Attempt {
    const marker = this.marker();
    if (choice > 3) return { method: 'PUT', type: 'Patient', id: marker, marker, resource: { ...this.patient(marker), id: marker } };
    return { method: 'POST', type: 'Patient', marker, resource: this.patient(marker) };
  }

  private update({ type, id }: Known): Attempt {
    const marker = this.marker();
    const resource = type === 'Patient' ? this.patient(marker) : observation(marker, undefined);
    return { method: 'PUT', type, id, marker, resource: { ...resource, id } };
  }

  private deletion({ type, id }: Known): Attempt {
    return { method: 'DELETE', type, id };
  }

  /** New patients with an observation each, among updates and deletions of resources that exist. */
  private transaction(entries: number): Attempt[] {
    const { random, own } = this.options;
    const attempts: Attempt[] = [];
    const used = new Set<Known>();
    while (attempts.length < entries) {
      const target = own.length ? random.pick(own) : undefined;
      if (!target || used.has(target) || random.below(2)) attempts.push(...this.linkedCreates());
      else {
        used.add(target);
        attempts.push(isLive(target) && !random.below(3) ? this.deletion(target) : this.update(target));
      }
    }
    return attempts;
  }

  private linkedCreates(): Attempt[] {
    const [patientMarker, observationMarker] = [this.marker(), this.marker()];
    const [patientUrl, observationUrl] = [this.fullUrl(), this.fullUrl()];
    return [
      { method: 'POST', type: 'Patient', marker: patientMarker, resource: this.patient(patientMarker), fullUrl: patientUrl },
      { method: 'POST', type: 'Observation', marker: observationMarker, resource: observation(observationMarker, patientUrl), fullUrl: observationUrl },
    ];
  }

  private marker(): string {
    return `${this.options.name}-${(this.count += 1)}`;
  }

  private fullUrl(): string {
    const digits = Array.from({ length: 32 }, () => this.options.random.below(16).toString(16)).join('');
    return `urn:uuid:${digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-a$4-$5')}`;
  }

  private patient(marker: string): Resource {
    const { random } = this.options;
    const photo = random.below(oneLargeIn) === 0 ? [{ contentType: 'image/png', data: this.bytes(largeBytes) }] : undefined;
    return {
      resourceType: 'Patient',
      identifier: [{ system: markerSystem, value: marker }],
      name: [{ family: `Family ${random.below(1000)}`, given: ['Noor', 'Ilse'] }],
      birthDate: `19${10 + random.below(90)}-0${1 + random.below(9)}-1${random.below(10)}`,
      ...(photo && { photo }),
    };
  }

  /** Base64 that does not compress to less than an item may hold. */
  private bytes(length: number): string {
    const bytes = Buffer.alloc(length);
    for (let index = 0; index < length; index += 4) bytes.writeUInt32LE(this.options.random.below(2 ** 32), index);
    return bytes.toString('base64');
  }
}

function observation(marker: string, subject: string | undefined): Resource {
  return {
    resourceType: 'Observation',
    identifier: [{ system: markerSystem, value: marker }],
    status: 'final',
    code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
    ...(subject && { subject: { reference: subject } }),
    effectiveDateTime: '2024-05-06T07:08:09Z',
    valueQuantity: { value: 72, unit: '/min' },
  };
}

function idOf(location: string | undefined): string {
  const id = /\/([A-Za-z0-9\-.]{1,64})\/_history\/\d+$/.exec(location ?? '')?.[1];
  if (!id) throw new Error('A create was acknowledged without a Location that names the new version.');
  return id;
}

/** `W/"3"` is version 3 (https://hl7.org/fhir/R4/http.html#versioning). */
function versionOfTag(tag: string | undefined): number | undefined {
  const digits = /^W\/"(\d+)"$/.exec(tag ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
