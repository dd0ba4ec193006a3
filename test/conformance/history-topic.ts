/** https://hl7.org/fhir/R4/http.html#history */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Body, Client } from './client.ts';
import type { Topic } from './topic.ts';

/** Created, updated, deleted and brought back: four versions. */
async function eventful(http: Client): Promise<{ id: string; path: string }> {
  const { body } = await http.post('/Patient', patient());
  const path = `/Patient/${body.id}`;
  await http.put(path, { ...body, birthDate: '1971' });
  await http.delete(path);
  await http.put(path, body);
  return { id: body.id, path };
}

function nextOf(bundle: Body): string | undefined {
  return bundle.link.find(({ relation }: Body) => relation === 'next')?.url;
}

interface Bounds {
  readonly most: number;
  /** Whether these tell enough; otherwise all are read. */
  readonly enough?: (found: readonly Body[]) => boolean;
}

/** Pages from the URL on. */
async function pages(http: Client, target: string, { most, enough = () => false }: Bounds): Promise<Body[]> {
  const found: Body[] = [];
  for (let url: string | undefined = target; url !== undefined && found.length < most && !enough(found); ) {
    const page = await http.get(url);
    expect(page.status).toBe(200);
    found.push(page.body);
    url = nextOf(page.body);
  }
  return found;
}

export const historyTopic: Topic = (http) => {
  test('the return is a Bundle of type history with the versions, newest first', async () => {
    const { path } = await eventful(http());
    const { status, body } = await http().get(`${path}/_history`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ resourceType: 'Bundle', type: 'history' });
    expect(body.entry.map((entry: Body) => entry.response.etag)).toEqual(['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']);
    expect(body.entry.map((entry: Body) => entry.resource?.meta.versionId)).toEqual(['4', undefined, '2', '1']);
  });

  test('each entry has the request that made it, and what it answered', async () => {
    const { id, path } = await eventful(http());
    const { body } = await http().get(`${path}/_history`);
    expect(body.entry.map((entry: Body) => entry.request)).toEqual([
      { method: 'PUT', url: `Patient/${id}` },
      { method: 'DELETE', url: `Patient/${id}` },
      { method: 'PUT', url: `Patient/${id}` },
      { method: 'POST', url: 'Patient' },
    ]);
    expect(body.entry.map((entry: Body) => entry.response.status.slice(0, 3))).toEqual([expect.stringMatching(/20[01]/), '204', '200', '201']);
    for (const { fullUrl, resource, response } of body.entry) {
      expect(fullUrl).toBe(`${http().baseUrl}${path}`);
      expect([undefined, response.lastModified]).toContain(resource?.meta.lastUpdated);
    }
  });

  test('the first version of a resource under the id of a client answered 201', async () => {
    const id = freshId();
    await http().put(`/Patient/${id}`, patient({ id }));
    const { body } = await http().get(`/Patient/${id}/_history`);
    expect(body.entry).toHaveLength(1);
    expect(body.entry[0].response.status).toMatch(/^201/);
  });

  test('a deleted resource keeps its history', async () => {
    const { body } = await http().post('/Patient', patient());
    await http().delete(`/Patient/${body.id}`);
    const history = await http().get(`/Patient/${body.id}/_history`);
    expect(history.status).toBe(200);
    expect(history.body.entry.map(({ request }: Body) => request.method)).toEqual(['DELETE', 'POST']);
  });

  test('the history of what never was is 404', async () => {
    expect(refusal(await http().get(`/Patient/${freshId()}/_history`))).toEqual({ status: 404, code: 'not-found' });
  });

  test('_count limits the page, and the next links lead through all versions once', async () => {
    const { path } = await eventful(http());
    const found = await pages(http(), `${path}/_history?_count=3`, { most: 5 });
    expect(found.map(({ entry }) => entry.length)).toEqual([3, 1]);
    expect(found.flatMap(({ entry }) => entry.map(({ response }: Body) => response.etag))).toEqual(['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']);
    expect(found[0].link).toContainEqual({ relation: 'self', url: `${http().baseUrl}${path}/_history?_count=3` });
  });

  test('_since includes only versions made at or after the instant', async () => {
    const { path } = await eventful(http());
    const all = (await http().get(`${path}/_history`)).body.entry;
    const since = all[1].response.lastModified;
    const { body } = await http().get(`${path}/_history?_since=${encodeURIComponent(since)}`);
    expect(body.entry.map((entry: Body) => entry.response.etag)).toEqual(['W/"4"', 'W/"3"']);
  });

  test('_at includes only versions that were current at some time in the period', async () => {
    const { path } = await eventful(http());
    const all = (await http().get(`${path}/_history`)).body.entry;
    const etags = async (at: string) => {
      const { body } = await http().get(`${path}/_history?_at=${encodeURIComponent(at)}`);
      return (body.entry ?? []).map((entry: Body) => entry.response.etag);
    };
    expect(await etags(all[3].response.lastModified)).toEqual(['W/"1"']);
    expect(await etags(all[1].response.lastModified)).toEqual(['W/"3"']);
    expect(await etags(all[0].response.lastModified.slice(0, 4))).toEqual(['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']);
    expect(await etags('2001-01-01')).toEqual([]);
  });

  test('a time zone whose plus sign was not encoded is understood', async () => {
    const { path } = await eventful(http());
    expect((await http().get(`${path}/_history?_since=2001-01-01T00:00:00+01:00`)).body.entry).toHaveLength(4);
  });

  test.each(['_count=0', '_count=ten', '_count=-1', '_since=yesterday', '_at=2024-13', '_cursor=forged', '_count=1&_count=2'])(
    'history with %s is 400',
    async (query) => {
      const { path } = await eventful(http());
      expect(refusal(await http().get(`${path}/_history?${query}`))).toEqual({ status: 400, code: 'invalid' });
    },
  );

  test('a parameter that history does not have is 400', async () => {
    const { path } = await eventful(http());
    expect(refusal(await http().get(`${path}/_history?_list=1`))).toEqual({ status: 400, code: 'not-supported' });
  });

  test.each([
    ['type', '/Patient/_history'],
    ['system', '/_history'],
  ])('the history of the %s shows what just happened, newest first', async (_level, target) => {
    const { id } = await eventful(http());
    const entriesOf = (some: readonly Body[]): Body[] => some.flatMap(({ entry }) => entry ?? []);
    const ownOf = (some: readonly Body[]): Body[] => entriesOf(some).filter(({ fullUrl }: Body) => fullUrl.endsWith(`/Patient/${id}`));
    // Others may write meanwhile; a page of the whole system asks every type, so no more of them are read than it takes.
    const found = await pages(http(), `${target}?_count=2`, { most: 20, enough: (some) => some.length >= 4 && ownOf(some).length === 4 });
    const [entries, own] = [entriesOf(found), ownOf(found)];
    expect(own.map(({ response }: Body) => response.etag)).toEqual(['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']);
    const times = entries.map(({ response }: Body) => Date.parse(response.lastModified));
    expect(times).toEqual([...times].sort((left, right) => right - left));
  });

  test('the history of a type has no other types', async () => {
    await http().post('/Organization', { resourceType: 'Organization', name: 'One' });
    const { body } = await http().get('/Organization/_history?_count=50');
    expect(body.entry.every(({ fullUrl }: Body) => fullUrl.includes('/Organization/'))).toBe(true);
  });

  test('_elements applies to every entry', async () => {
    const { path } = await eventful(http());
    const { body } = await http().get(`${path}/_history?_elements=birthDate`);
    expect(body.entry[0].resource).toMatchObject({ resourceType: 'Patient', birthDate: '1970-02' });
    expect(body.entry[0].resource.name).toBeUndefined();
  });
};
