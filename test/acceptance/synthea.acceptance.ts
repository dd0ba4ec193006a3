/** Real patients over HTTP: everything reads back as it was, points at something that exists, and is found. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '../../src/embedded/server.ts';
import { parseJson, type Json, type JsonObject } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { syntheaBundles, syntheaPresent, type SyntheaBundle, type SyntheaEntry } from './synthea-bundles.ts';

interface Placed {
  readonly bundle: SyntheaBundle;
  readonly entry: SyntheaEntry;
}

const clients = 8;
const described = syntheaPresent ? describe : describe.skip;
if (!syntheaPresent) console.warn('The Synthea patients of ../shared are not here: this suite is skipped.');

described('the 100 Synthea patients', () => {
  let server: RunningServer;
  let directory: string;
  const bundles = syntheaPresent ? syntheaBundles() : [];
  /** Of each bundle, from fullUrl to the reference that the server gave, as `Patient/…`: bundles share fullUrls. */
  const placed = new Map<SyntheaBundle, Map<string, string>>();
  const entries = bundles.flatMap(({ bundle }) => bundle.entry.map((entry): Placed => ({ bundle, entry })));

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'caldera-acceptance-'));
    server = await startServer({ dataDirectory: directory, port: 0, reportFault: ({ error }) => { throw error; } });
    await sideBySide(bundles, async ({ name, text, bundle }) => {
      const response = await fetch(server.baseUrl, { method: 'POST', body: text, headers: { 'Content-Type': 'application/fhir+json' } });
      const answer = (await response.json()) as { entry: { response: { status: string; location: string } }[] };
      if (response.status !== 200) throw new Error(`${name} was refused: ${JSON.stringify(answer)}`);
      const references = answer.entry.map(({ response: { location } }) => /([A-Za-z]+\/[^/]+)\/_history\/1$/.exec(location)![1]!);
      placed.set(bundle, new Map(bundle.entry.map(({ fullUrl }, position) => [fullUrl, references[position]!])));
    });
  });

  afterAll(async () => {
    await server.close();
    rmSync(directory, { recursive: true });
  });

  test('every resource reads back equal, decimals and order of elements included, apart from id, meta and references', async () => {
    expect(entries.length).toBe(32_587);
    let unequal = 0;
    await sideBySide(entries, async (one) => {
      const read = await get(referenceTo(one));
      if (comparable(read) !== comparable(rewritten(one))) unequal += 1;
    });
    expect(unequal).toBe(0);
  });

  test('every reference points at something that exists', async () => {
    const existing = new Set(entries.map(referenceTo));
    const references = entries.flatMap((one) => referencesOf(rewritten(one)));
    expect(references.length).toBeGreaterThan(100_000);
    expect(references.filter((reference) => !reference.startsWith('#') && !existing.has(reference))).toEqual([]);
  });

  test('Observation?patient=…&code=…&date=ge… answers what a scan of the files answers', async () => {
    const observations = entries.filter(({ entry: { resource } }) => resource.resourceType === 'Observation').map(summary);
    const groups = Map.groupBy(observations, ({ patient, code }) => `${patient} ${code}`);
    const asked = [...groups.values()].filter((_, position) => position % 5 === 0);
    let wrong = 0;
    await sideBySide(asked, async (group) => {
      const { patient, code, date } = group[Math.floor(group.length / 2)]!;
      const day = date.slice(0, 10);
      const expected = group.filter((one) => Date.parse(one.date) >= Date.parse(`${day}T00:00:00Z`)).map(({ reference }) => reference);
      const found = await searchAll(`Observation?patient=${patient}&code=http://loinc.org|${code}&date=ge${day}&_count=7`);
      if (found.toSorted().join() !== expected.toSorted().join()) wrong += 1;
    });
    expect(asked.length).toBeGreaterThan(500);
    expect(wrong).toBe(0);
  });

  function referenceTo({ bundle, entry }: Placed): string {
    return placed.get(bundle)!.get(entry.fullUrl)!;
  }

  function rewritten({ bundle, entry }: Placed): Resource {
    const references = placed.get(bundle)!;
    return parseJson(JSON.stringify(entry.resource).replace(/urn:uuid:[0-9a-f-]{36}/g, (urn) => references.get(urn) ?? urn)) as Resource;
  }

  function summary(one: Placed): { reference: string; patient: string; code: string; date: string } {
    const resource = rewritten(one) as Resource & { subject: { reference: string }; code: { coding: { code: string }[] }; effectiveDateTime: string };
    return {
      reference: referenceTo(one), patient: resource.subject.reference, code: resource.code.coding[0]!.code, date: resource.effectiveDateTime,
    };
  }

  async function get(path: string): Promise<Resource> {
    const response = await fetch(`${server.baseUrl}/${path}`);
    if (response.status !== 200) throw new Error(`${path.split('/')[0]} was answered with ${response.status}`);
    return parseJson(await response.text()) as Resource;
  }

  async function searchAll(query: string): Promise<string[]> {
    const found: string[] = [];
    let url: string | undefined = `${server.baseUrl}/${query}`;
    while (url !== undefined) {
      const page = (await (await fetch(url)).json()) as { entry?: { resource: Resource }[]; link: { relation: string; url: string }[] };
      found.push(...(page.entry ?? []).map(({ resource }) => `${resource.resourceType}/${resource.id}`));
      url = page.link.find(({ relation }) => relation === 'next')?.url;
    }
    return found;
  }
});

/** The text of a resource without what the server sets. */
function comparable({ id: _id, meta, ...content }: Resource): string {
  const { versionId: _versionId, lastUpdated: _lastUpdated, ...rest } = meta ?? {};
  return JSON.stringify({ rest, content });
}

function referencesOf(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesOf);
  if (typeof value !== 'object' || value === null) return [];
  const { reference, ...rest } = value as JsonObject;
  return [...(typeof reference === 'string' ? [reference] : referencesOf(reference)), ...Object.values(rest).flatMap(referencesOf)];
}

async function sideBySide<T>(all: readonly T[], step: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (next < all.length) {
      const one = all[next]!;
      next += 1;
      await step(one);
    }
  }));
}
