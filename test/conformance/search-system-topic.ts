/** Searches across types (https://hl7.org/fhir/R4/http.html#search). */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Client } from './client.ts';
import { allPages, expectSame, form, idsOf, linkOf, matchesOf, outcomeOf, tagged } from './tagged.ts';
import type { Topic } from './topic.ts';

const observation = (effectiveDateTime: string) => ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, effectiveDateTime });
const procedure = (performedDateTime: string) => ({ resourceType: 'Procedure', status: 'completed', subject: { reference: 'Patient/nobody' }, performedDateTime });

/** Two observations, two procedures and a patient. */
const mixed = (http: Client) => tagged(
  http, observation('2024-01-01'), procedure('2024-02-01'), observation('2024-03-01'), procedure('2024-04-01'), patient(),
);

export const searchSystemTopic: Topic = (http) => {
  test('_type names the types to be searched, and the matches of one follow those of the other', async () => {
    const { tag, ids } = await mixed(http());
    const answer = await http().get(`?_type=Procedure,Observation&_tag=${tag}`);
    expect(answer.body).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
    expect(matchesOf(answer).map(({ resourceType }) => resourceType)).toEqual(['Procedure', 'Procedure', 'Observation', 'Observation']);
    expectSame(idsOf(answer), [ids[0], ids[1], ids[2], ids[3]]);
    expect(answer.body.entry[0].fullUrl).toBe(`${http().baseUrl}/Procedure/${answer.body.entry[0].resource.id}`);
    expect(new URL(linkOf(answer.body, 'self') ?? '').searchParams.get('_type')).toBe('Procedure,Observation');
  });

  test('without _type all types are searched', async () => {
    const { tag, ids } = await mixed(http());
    expectSame(idsOf(await http().get(`/?_tag=${tag}`)), ids);
    expect(idsOf(await http().get(`?_id=${ids[2]}`))).toEqual([ids[2]]);
  });

  test('_type without a value is ignored, as empty parameters are, and named as passed over', async () => {
    const { tag, ids } = await mixed(http());
    const answer = await http().get(`/?_type=&_tag=${tag}`);
    expectSame(idsOf(answer), ids);
    expect(answer.text).toContain('The parameter _type was passed over');
  });

  test('a search across types can be posted', async () => {
    const { tag, ids } = await mixed(http());
    const body = `_type=Observation,Patient&_tag=${tag}&_count=2`;
    const first = await http().send('POST', '/_search', { body, headers: { 'content-type': form } });
    const next = linkOf(first.body, 'next') ?? '';
    expect(next).not.toContain(tag);
    const second = await http().get(next);
    expectSame([...idsOf(first), ...idsOf(second)], [ids[0], ids[2], ids[4]]);
    expect(refusal(await http().get(`/Patient${new URL(next).search}`))).toEqual({ status: 400, code: 'invalid' });
  });

  test.each(['', '&_sort=-date', '&_sort=date,_id'])('next links lead through all matches once: %s', async (sort) => {
    const { tag, ids } = await mixed(http());
    const found = await allPages(http(), `?_type=Observation,Procedure&_tag=${tag}&_count=1${sort}`);
    expectSame(found.map(({ id }) => id), ids.slice(0, 4));
  });

  test('_sort orders the matches of all types together', async () => {
    const { tag, ids } = await mixed(http());
    const order = async (sort: string) => (await allPages(http(), `?_type=Observation,Procedure&_tag=${tag}&_count=3&_sort=${sort}`)).map(({ id }) => ids.indexOf(id));
    expect(await order('date')).toEqual([0, 1, 2, 3]);
    expect(await order('-date')).toEqual([3, 2, 1, 0]);
    expect(await order('-_lastUpdated')).toEqual([3, 2, 1, 0]);
  });

  test('matches are counted over all types, on every page', async () => {
    const { tag } = await mixed(http());
    const first = await http().get(`?_type=Observation,Procedure&_tag=${tag}&_count=1&_total=accurate`);
    expect(first.body.total).toBe(4);
    expect((await http().get(linkOf(first.body, 'next') ?? '')).body.total).toBe(4);
    const counted = await http().get(`?_tag=${tag}&_summary=count`);
    expect(counted.body.total).toBe(5);
    expect(counted.body.entry).toBeUndefined();
  });

  test('parameters must be common to all types that are searched', async () => {
    const { tag, ids } = await mixed(http());
    expectSame(idsOf(await http().get(`?_type=Observation,Procedure&_tag=${tag}&date=ge2024-03`)), [ids[2], ids[3]]);
    expect(refusal(await http().get(`?_type=Observation,Patient&family=x`))).toMatchObject({ status: 400, code: 'not-supported' });
    expect(refusal(await http().get('?code=x'))).toMatchObject({ status: 400, code: 'not-supported' });
    const lenient = await http().get(`?_type=Observation,Patient&_tag=${tag}&family=nobody`, { prefer: 'handling=lenient' });
    expect(idsOf(lenient)).toHaveLength(3);
    expect(outcomeOf(lenient)).toEqual([expect.objectContaining({ severity: 'warning', diagnostics: expect.stringContaining('family') })]);
  });

  test.each(['_type=Pacient', '_type=,', '_type=Patient,Parameters', '_type=Patient&_type=Observation'])('%s is 400', async (query) => {
    expect(refusal(await http().get(`?${query}`))).toEqual({ status: 400, code: 'invalid' });
  });

  test('page links of one search are of no use in another', async () => {
    const { tag } = await mixed(http());
    const answer = await http().get(`?_type=Observation,Procedure&_tag=${tag}&_count=1`);
    const cursor = new URL(linkOf(answer.body, 'next') ?? '').searchParams.get('_cursor');
    for (const query of [`_type=Observation,Patient&_tag=${tag}`, `_type=Observation,Procedure&_tag=${freshId()}`]) {
      expect(refusal(await http().get(`?${query}&_cursor=${cursor}`))).toEqual({ status: 400, code: 'invalid' });
    }
    expect(refusal(await http().get(`/Observation?_tag=${tag}&_cursor=${cursor}`))).toEqual({ status: 400, code: 'invalid' });
  });

  test('an entry of a batch may search across types', async () => {
    const { tag } = await mixed(http());
    const entry = [`?_type=Observation,Procedure&_tag=${tag}`, `Patient?_tag=${tag}`].map((url) => ({ request: { method: 'GET', url } }));
    const { body } = await http().post('', { resourceType: 'Bundle', type: 'batch', entry });
    expect(body.entry.map(({ resource }: { resource: { entry: unknown[] } }) => resource.entry.length)).toEqual([4, 1]);
  });
};
