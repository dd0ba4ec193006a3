/** https://hl7.org/fhir/R4/http.html#transaction and https://hl7.org/fhir/R4/bundle.html#references */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import { parseJson } from '../../../src/fhir/json.ts';
import type { Issue } from '../../../src/fhir/outcome.ts';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { isResourceType } from '../../../src/fhir/structures.ts';
import { maxReportedIssues, maxTransactionEntries, planTransaction } from '../../../src/fhir/bundle/transaction.ts';

const baseUrl = 'https://fhir.example/datastore/1/r4';
const uuid = 'urn:uuid:0b1f0c6e-51f8-4c4a-9f1b-0a4d5a4f2f11';

function plan(...entry: JsonObject[]) {
  const bundle = { resourceType: 'Bundle', type: 'transaction', entry };
  return planTransaction(bundle, { baseUrl, isStored: isResourceType, newId: (index) => `new-${index}` });
}

function issuesOf(...entry: JsonObject[]): readonly Issue[] {
  try {
    plan(...entry);
  } catch (error) {
    if (error instanceof FhirError && error.status === 400) return error.issues;
    throw error;
  }
  return [];
}

const post = (resource: JsonObject, fullUrl?: string): JsonObject => ({
  ...(fullUrl === undefined ? {} : { fullUrl }),
  resource,
  request: { method: 'POST', url: resource['resourceType'] },
});
const put = (resource: JsonObject, more: JsonObject = {}): JsonObject => ({
  resource,
  request: { method: 'PUT', url: `${resource['resourceType'] as string}/${resource['id'] as string}` },
  ...more,
});
const patient = (more: JsonObject = {}): JsonObject => ({ resourceType: 'Patient', ...more });
const observation = (reference: string, more: JsonObject = {}): JsonObject => ({
  resourceType: 'Observation',
  subject: { reference },
  ...more,
});

/** The resource that entry `index` writes. */
function written(result: ReturnType<typeof plan>, index: number): JsonObject {
  const write = result.writes.find((each) => each.index === index)?.write;
  if (write === undefined || write.interaction === 'delete') throw new Error('The entry writes no resource.');
  return write.resource;
}

/** What a reference of an Observation becomes beside a POSTed Patient with the fullUrl. */
function rewritten(reference: string, fullUrl: string, ownFullUrl?: string): unknown {
  const result = plan(post(patient(), fullUrl), post(observation(reference), ownFullUrl));
  return (written(result, 1)['subject'] as JsonObject)['reference'];
}

describe('the processing order', () => {
  test('is DELETE, then POST, then PUT, then GET, whatever the order of the entries', () => {
    const result = plan(
      { request: { method: 'GET', url: 'Patient/9' } },
      put(patient({ id: '1' })),
      post(patient()),
      { request: { method: 'DELETE', url: 'Patient/2' } },
      { request: { method: 'HEAD', url: 'Patient?name=x' } },
    );
    expect(result.writes.map(({ index, write }) => [index, write.interaction])).toEqual([[3, 'delete'], [2, 'create'], [1, 'update']]);
    expect(result.reads.map(({ index, path, query }) => [index, path, query])).toEqual([[0, 'Patient/9', undefined], [4, 'Patient', 'name=x']]);
    expect(result.size).toBe(5);
  });

  test('it is not an error if the bundle has no resources in it', () => {
    expect(plan()).toEqual({ size: 0, writes: [], reads: [], references: [] });
  });

  test('a bundle holds as many entries as one commit, and no more', () => {
    const entries = Array.from({ length: maxTransactionEntries + 1 }, () => post(patient()));
    expect(plan(...entries.slice(1)).writes).toHaveLength(maxTransactionEntries);
    expect(() => plan(...entries)).toThrow(/4500 entries/);
  });
});

describe('references to a created resource are replaced', () => {
  test.each([
    ['a UUID', uuid, uuid, 'Patient/new-0'],
    ['a UUID in upper case', uuid.toUpperCase(), uuid, 'Patient/new-0'],
    ['an OID', 'urn:oid:1.2.3.4', 'urn:oid:1.2.3.4', 'Patient/new-0'],
    ['an absolute URL of another server', 'http://other.example/fhir/Patient/7', 'http://other.example/fhir/Patient/7', 'Patient/new-0'],
    ['an absolute URL of this server', `${baseUrl}/Patient/7`, `${baseUrl}/Patient/7`, 'Patient/new-0'],
    ['a relative reference, relative to this server', 'Patient/7', `${baseUrl}/Patient/7`, 'Patient/new-0'],
    ['a relative fullUrl', 'Patient/7', 'Patient/7', 'Patient/new-0'],
    ['a URL that is not RESTful', 'http://other.example/some?thing', 'http://other.example/some?thing', 'Patient/new-0'],
    ['a version-specific reference stays version-specific', `${uuid}/_history/4`, uuid, 'Patient/new-0/_history/1'],
    ['an absolute version-specific one', 'http://o.example/Patient/7/_history/x', 'http://o.example/Patient/7', 'Patient/new-0/_history/1'],
    ['a fragment', `${uuid}#part`, uuid, 'Patient/new-0#part'],
  ])('%s', (_name, ...[reference, fullUrl, expected]) => {
    expect(rewritten(reference, fullUrl)).toBe(expected);
  });

  test('a relative reference is resolved against the root of the fullUrl of its own entry', () => {
    const own = 'http://other.example/fhir/Observation/3';
    expect(rewritten('Patient/7', 'http://other.example/fhir/Patient/7', own)).toBe('Patient/new-0');
    expect(rewritten('Patient/7', 'http://third.example/fhir/Patient/7', own)).toBe('Patient/7');
    expect(rewritten('Patient/7', 'http://other.example/fhir/Patient/7')).toBe('Patient/7');
  });

  test('circular references, references to itself and those of contained resources are replaced', () => {
    const other = 'urn:uuid:11111111-51f8-4c4a-9f1b-0a4d5a4f2f11';
    const result = plan(
      post(patient({ link: [{ type: 'seealso', other: { reference: other } }, { type: 'refer', other: { reference: uuid } }] }), uuid),
      post(patient({ link: [{ type: 'seealso', other: { reference: uuid } }], contained: [observation(other, { id: 'o' })] }), other),
    );
    expect(JSON.stringify(written(result, 0))).not.toContain('urn:uuid');
    expect(written(result, 0)['link']).toMatchObject([{ other: { reference: 'Patient/new-1' } }, { other: { reference: 'Patient/new-0' } }]);
    expect(written(result, 1)['contained']).toMatchObject([{ subject: { reference: 'Patient/new-1' } }]);
  });

  test('references to an updated resource name it under this server, its version as it was', () => {
    const fullUrl = 'http://other.example/fhir/Patient/7';
    const result = plan(put(patient({ id: '7' }), { fullUrl }), post(observation(fullUrl)), post(observation(`${fullUrl}/_history/4`)));
    expect(written(result, 1)).toEqual(observation('Patient/7'));
    expect(written(result, 2)).toEqual(observation('Patient/7/_history/4'));
  });
});

describe('links in other elements', () => {
  test('elements of type uri, url, oid and uuid are replaced, those of type canonical, string and markdown are not', () => {
    const values = ['valueUri', 'valueUrl', 'valueOid', 'valueUuid', 'valueCanonical', 'valueString', 'valueMarkdown'];
    const extension = values.map((name) => ({ url: 'http://example.org/x', [name]: uuid }));
    const result = plan(post(patient({ extension }), uuid));
    const found = (written(result, 0)['extension'] as JsonObject[]).map((each, index) => each[values[index] as string]);
    expect(found).toEqual([...Array<string>(4).fill('Patient/new-0'), ...Array<string>(3).fill(uuid)]);
  });

  test('the fragment of a uri is kept', () => {
    const content = [{ attachment: { url: `${uuid}#page=2` } }];
    const result = plan(post({ resourceType: 'Binary', contentType: 'text/plain' }, uuid), post({ resourceType: 'DocumentReference', content }));
    expect(written(result, 1)['content']).toEqual([{ attachment: { url: 'Binary/new-0#page=2' } }]);
  });

  test('href and src of the narrative are replaced, in any quotes, and nothing else of it', () => {
    const div = `<div xmlns="http://www.w3.org/1999/xhtml"><a title="x" href="${uuid}">${uuid}</a><img src='${uuid}' alt="${uuid}"/>href="${uuid}"<a href="#x">y</a></div>`;
    const result = plan(post(patient({ text: { status: 'generated', div } }), uuid));
    expect((written(result, 0)['text'] as JsonObject)['div']).toBe(
      `<div xmlns="http://www.w3.org/1999/xhtml"><a title="x" href="Patient/new-0">${uuid}</a><img src='Patient/new-0' alt="${uuid}"/>href="${uuid}"<a href="#x">y</a></div>`,
    );
  });

  test('the canonical URL of a definition stays its name where it is also the fullUrl', () => {
    const url = 'http://example.org/StructureDefinition/colour';
    const result = plan(
      post({ resourceType: 'StructureDefinition', url }, url),
      post(patient({ meta: { profile: [url] }, extension: [{ url, valueCode: 'red' }] })),
      post({ resourceType: 'Basic', subject: { reference: url } }),
    );
    expect(written(result, 0)['url']).toBe(url);
    expect(written(result, 1)).toMatchObject({ meta: { profile: [url] }, extension: [{ url }] });
    expect(written(result, 2)).toMatchObject({ subject: { reference: 'StructureDefinition/new-0' } });
  });

  test('a Bundle in an entry is a whole of its own and stays as it is', () => {
    const inner = { resourceType: 'Bundle', type: 'collection', entry: [{ fullUrl: uuid, resource: patient() }, { resource: observation(uuid) }] };
    const result = plan(post(structuredClone(inner)), post(patient(), uuid));
    expect(written(result, 0)).toEqual(inner);
  });
});

describe('references to resources that are not part of the bundle are left untouched', () => {
  const left = ['Patient/1', 'Patient/1/_history/2', 'http://other.example/Patient/1', `${baseUrl}/Patient/1`, '#contained', 'urn:oid:1.2.3'];
  test.each(left)('%s', (reference) => {
    expect(rewritten(reference, uuid)).toBe(reference);
  });

  test('a resource without links to the bundle keeps every character', () => {
    const text = '{"resourceType":"Observation","valueQuantity":{"value":1.10,"system":"http://unitsofmeasure.org"},"subject":{"display":"<x>"}}';
    const result = plan(post(parseJson(text) as JsonObject, uuid));
    expect(JSON.stringify(written(result, 0))).toBe(text);
  });

  test('planning what was planned before changes nothing more', () => {
    const random = seeded(7);
    for (let round = 0; round < 200; round++) {
      const first = randomBundle(random);
      const once = plan(...first);
      const again = plan(...once.writes.map(({ write }) => post(write.interaction === 'delete' ? {} : structuredClone(write.resource))));
      const canonicals = JSON.stringify(first.map(({ resource }) => (resource as JsonObject)['instantiatesCanonical']));
      expect(again.writes.map(({ write }) => write)).toMatchObject(once.writes.map(({ write }) => ({ resource: (write as { resource: JsonObject }).resource })));
      expect(JSON.stringify(once.writes.map(({ write }) => (write as { resource: JsonObject }).resource['instantiatesCanonical']))).toBe(canonicals);
      expect(JSON.stringify(once.writes)).not.toMatch(/"reference":"urn:uuid/);
    }
  });
});

describe('an entry is refused, and named,', () => {
  const cases: readonly [string, JsonObject, string, string][] = [
    ['without request', { resource: patient() }, 'request', 'required'],
    ['without method', { request: { url: 'Patient' }, resource: patient() }, 'request.method', 'code-invalid'],
    ['with an unknown method', { request: { method: 'OPTIONS', url: 'Patient' } }, 'request.method', 'code-invalid'],
    ['without url', { request: { method: 'POST' }, resource: patient() }, 'request.url', 'required'],
    ['with the url of another server', { request: { method: 'GET', url: 'http://other.example/Patient/1' } }, 'request.url', 'value'],
    ['when POST has no resource', { request: { method: 'POST', url: 'Patient' } }, 'resource', 'required'],
    ['when DELETE has a resource', { request: { method: 'DELETE', url: 'Patient/1' }, resource: patient() }, 'resource', 'structure'],
    ['when GET has a resource', { request: { method: 'GET', url: 'Patient/1' }, resource: patient() }, 'resource', 'structure'],
    ['when POST names an id', { request: { method: 'POST', url: 'Patient/1' }, resource: patient() }, 'request.url', 'value'],
    ['when PUT names no id', { request: { method: 'PUT', url: 'Patient' }, resource: patient() }, 'request.url', 'value'],
    ['when the id cannot be one', { request: { method: 'DELETE', url: 'Patient/a_b' } }, 'request.url', 'value'],
    ['when the type does not exist', { request: { method: 'DELETE', url: 'Person2/1' } }, 'request.url', 'value'],
    ['when it calls an operation', { request: { method: 'POST', url: 'Patient/$match' }, resource: patient() }, 'request.url', 'value'],
    ['when it calls an operation without a resource', { request: { method: 'POST', url: `${baseUrl}/$reindex` } }, 'request.url', 'value'],
    ['when the resource is of another type', { request: { method: 'POST', url: 'Patient' }, resource: observation('Patient/1') }, 'resource', 'invalid'],
    ['when the resource of a PUT has another id', { request: { method: 'PUT', url: 'Patient/1' }, resource: patient({ id: '2' }) }, 'resource.id', 'invalid'],
    ['when the resource of a PUT has no id', { request: { method: 'PUT', url: 'Patient/1' }, resource: patient() }, 'resource.id', 'invalid'],
    ['when its fullUrl names a version', post(patient(), 'http://o.example/Patient/1/_history/1'), 'fullUrl', 'invariant'],
    ['when its fullUrl is another resource', put(patient({ id: '1' }), { fullUrl: 'http://o.example/Patient/2' }), 'fullUrl', 'invalid'],
    ['when its fullUrl is not absolute', post(patient(), 'somewhere'), 'fullUrl', 'value'],
    ['for PATCH', { request: { method: 'PATCH', url: 'Patient/1' }, resource: { resourceType: 'Parameters' } }, 'request.method', 'not-supported'],
    ['for ifNoneExist of a PUT', put(patient({ id: '1' }), { request: { method: 'PUT', url: 'Patient/1', ifNoneExist: 'identifier=1' } }), 'request.ifNoneExist', 'invalid'],
    ['for criteria in the url of a POST', { request: { method: 'POST', url: 'Patient?identifier=1' }, resource: patient() }, 'request.url', 'not-supported'],
    ['for criteria beside an id', { request: { method: 'DELETE', url: 'Patient/1?identifier=1' } }, 'request.url', 'value'],
    ['for a UUID that no entry has', post(observation(uuid)), 'resource.subject.reference', 'not-found'],
    ['for ifMatch of a POST', { request: { method: 'POST', url: 'Patient', ifMatch: 'W/"1"' }, resource: patient() }, 'request.ifMatch', 'invalid'],
    ['for ifMatch that is no tag', put(patient({ id: '1' }), { request: { method: 'PUT', url: 'Patient/1', ifMatch: 'x' } }), 'request.ifMatch', 'value'],
    ['for ifNoneMatch with a tag', put(patient({ id: '1' }), { request: { method: 'PUT', url: 'Patient/1', ifNoneMatch: 'W/"1"' } }), 'request.ifNoneMatch', 'not-supported'],
    ['for ifModifiedSince of a write', { request: { method: 'DELETE', url: 'Patient/1', ifModifiedSince: '2024-01-01T00:00:00Z' } }, 'request.ifModifiedSince', 'invalid'],
  ];
  test.each(cases)('%s', (_name, ...[entry, element, code]) => {
    expect(issuesOf(post(patient()), entry)).toMatchObject([{ severity: 'error', code, expression: `Bundle.entry[1].${element}` }]);
  });

  test('with the path of a reference deep within', () => {
    const reference = { reference: 'urn:uuid:ffffffff-51f8-4c4a-9f1b-0a4d5a4f2f11' };
    const careTeam = { resourceType: 'CareTeam', participant: [{}, { member: { ...reference } }], contained: [{ resourceType: 'Basic', id: 'b', subject: reference }] };
    expect(issuesOf(post(careTeam)).map(({ expression }) => expression).toSorted(byText)).toEqual([
      'Bundle.entry[0].resource.contained[0].subject.reference',
      'Bundle.entry[0].resource.participant[1].member.reference',
    ]);
  });

  test('with all others that are wrong, to a bound', () => {
    expect(issuesOf({ request: {} }, post(patient()), { request: {} }).map(({ expression }) => expression)).toEqual([
      'Bundle.entry[0].request.method',
      'Bundle.entry[2].request.method',
    ]);
    expect(issuesOf(...Array.from({ length: 150 }, () => ({ request: {} })))).toHaveLength(maxReportedIssues);
  });
});

describe('a resource can only appear in a transaction once', () => {
  test.each([
    ['two updates', put(patient({ id: '1' })), put(patient({ id: '1' }))],
    ['an update and a delete', put(patient({ id: '1' })), { request: { method: 'DELETE', url: '/Patient/1' } }],
    ['two deletes', { request: { method: 'DELETE', url: `${baseUrl}/Patient/1` } }, { request: { method: 'DELETE', url: 'Patient/1' } }],
  ])('%s', (_name, first, second) => {
    const [issue, ...others] = issuesOf(first, second);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: 'duplicate' });
    // Both entries are named, one by the path and one in words.
    const named = [/entry\[(\d)\]/.exec(issue?.expression ?? '')?.[1], /entry (\d) writes/.exec(issue?.diagnostics ?? '')?.[1]];
    expect(named.toSorted(byText)).toEqual(['0', '1']);
  });

  test('an update may be read in the same transaction', () => {
    expect(issuesOf(put(patient({ id: '1' })), { request: { method: 'GET', url: 'Patient/1' } })).toEqual([]);
  });

  test('two entries with one fullUrl are refused', () => {
    expect(issuesOf(post(patient(), uuid), post(patient(), uuid.toUpperCase()))).toMatchObject([{ code: 'duplicate', expression: 'Bundle.entry[1].fullUrl' }]);
  });
});

describe('preconditions', () => {
  test('ifMatch and ifNoneMatch go with the write', () => {
    const result = plan(
      put(patient({ id: '1' }), { request: { method: 'PUT', url: 'Patient/1', ifMatch: 'W/"3"' } }),
      put(patient({ id: '2' }), { request: { method: 'PUT', url: 'Patient/2', ifNoneMatch: '*' } }),
      { request: { method: 'DELETE', url: 'Patient/3', ifMatch: '"12"' } },
    );
    expect(result.writes.map(({ write }) => write)).toMatchObject([{ id: '3', ifMatch: 12 }, { ifMatch: 3 }, { ifNoneMatch: '*' }]);
  });
});

/** A linear congruential generator: the same bundles in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomBundle(random: (below: number) => number): JsonObject[] {
  const urls = Array.from({ length: 1 + random(6) }, (_, index) =>
    [`urn:uuid:0000000${index}-51f8-4c4a-9f1b-0a4d5a4f2f11`, `http://other.example/ServiceRequest/${index}`, `urn:oid:1.2.${index}`][random(3)] as string);
  const any = () => urls[random(urls.length)] as string;
  return urls.map((fullUrl) => post({
    resourceType: 'ServiceRequest',
    instantiatesCanonical: [any()],
    instantiatesUri: [any(), 'http://example.org/protocol'],
    basedOn: [{ reference: any() }, { reference: `${any()}/_history/3` }, { reference: 'ServiceRequest/elsewhere' }],
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${any()}">x</a></div>` },
  }, fullUrl));
}

function byText(left: string | undefined, right: string | undefined): number {
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
