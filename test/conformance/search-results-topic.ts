/** What a search answers beside its matches, and how it orders and counts them (https://hl7.org/fhir/R4/search.html#Result-Parameters). */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Body, Client } from './client.ts';
import { allPages, expectSame, form, idsOf, linkOf, matchesOf, outcomeOf, system, tagged } from './tagged.ts';
import type { Topic } from './topic.ts';

const three = (http: Client) => tagged(
  http,
  patient({ name: [{ family: 'Byrne', given: ['Zoe'] }], birthDate: '1980-01-01', gender: 'male' }),
  patient({ name: [{ family: 'Adams', given: ['Yan'] }], birthDate: '1960-01-01', gender: 'female' }),
  patient({ name: [{ family: 'Adams', given: ['Bea'] }], birthDate: undefined, gender: 'female' }),
);

export const searchResultsTopic: Topic = (http) => {
  test.each<[string, number[]]>([
    ['family,given', [2, 1, 0]],
    ['-family,given', [0, 2, 1]],
    ['family,-given', [1, 2, 0]],
    ['birthdate', [1, 0, 2]],
    ['-birthdate', [0, 1, 2]],
    ['gender,birthdate', [1, 2, 0]],
  ])('_sort=%s orders by each key in turn; what has no value follows, and nothing is left out', async (sort, expected) => {
    const { tag, ids } = await three(http());
    expect(idsOf(await http().get(`/Patient?_tag=${tag}&_sort=${sort}`)).map((id) => ids.indexOf(id))).toEqual(expected);
    const paged = await allPages(http(), `/Patient?_tag=${tag}&_sort=${sort}&_count=1`);
    expect(paged.map(({ id }) => ids.indexOf(id))).toEqual(expected);
  });

  test('_total=accurate tells how many match in all, on every page', async () => {
    const { tag } = await three(http());
    const first = await http().get(`/Patient?_tag=${tag}&_total=accurate&_count=2`);
    expect(first.body.total).toBe(3);
    expect((await http().get(linkOf(first.body, 'next') ?? '')).body.total).toBe(3);
    expect((await http().get(`/Patient?_tag=${tag}&_total=none`)).body.total).toBeUndefined();
    expect((await http().get(`/Patient?_tag=${tag}&_total=estimate`)).body.total).toBeGreaterThanOrEqual(3);
  });

  test.each(['_summary=count', '_count=0'])('%s returns the number of matches and no match', async (query) => {
    const { tag } = await three(http());
    const { status, body } = await http().get(`/Patient?_tag=${tag}&gender=female&${query}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'searchset', total: 2 });
    expect(body.entry).toBeUndefined();
    expect(linkOf(body, 'next')).toBeUndefined();
  });

  test.each<[string, boolean, boolean]>([
    ['_summary=true', true, true],
    ['_summary=text', false, true],
    ['_summary=data', true, true],
    ['_summary=false', true, false],
    ['_elements=name', true, true],
  ])('%s applies to every match, and what is cut down says so', async (query, hasName, isSubsetted) => {
    const { tag } = await three(http());
    const matches = matchesOf(await http().get(`/Patient?_tag=${tag}&${query}`));
    expect(matches).toHaveLength(3);
    for (const { name, meta } of matches) {
      expect(name !== undefined).toBe(hasName);
      expect(meta.tag.some(({ code }: Body) => code === 'SUBSETTED')).toBe(isSubsetted);
    }
  });

  test('what is passed over under lenient handling is named by a warning, and is not in the self link', async () => {
    const { tag } = await three(http());
    const answer = await http().get(`/Patient?_tag=${tag}&shoe-size=secret44`, { prefer: 'handling=lenient' });
    expect(idsOf(answer)).toHaveLength(3);
    expect(outcomeOf(answer)).toEqual([expect.objectContaining({ severity: 'warning', diagnostics: expect.stringContaining('shoe-size') })]);
    expect(answer.text).not.toContain('secret44');
    expect(linkOf(answer.body, 'self')).not.toContain('shoe-size');
  });

  test('a modifier that is not offered is refused under lenient handling too', async () => {
    expect(refusal(await http().get('/Patient?gender:contains=m', { prefer: 'handling=lenient' }))).toMatchObject({ status: 400 });
  });

  test('a parameter without a value is no error, and is named as passed over', async () => {
    const { tag } = await three(http());
    const answer = await http().get(`/Patient?_tag=${tag}&family=`);
    expect(idsOf(answer)).toHaveLength(3);
    expect(outcomeOf(answer)).toEqual([expect.objectContaining({ severity: 'warning', diagnostics: expect.stringContaining('family') })]);
  });

  test.each(['_summary', '_elements', '_count', '_sort', '_total', '_cursor', '_sealed', '_format', '_pretty'])('%s without a value is no error either', async (name) => {
    const { tag } = await three(http());
    const answer = await http().get(`/Patient?_tag=${tag}&${name}=`);
    expect(idsOf(answer)).toHaveLength(3);
    expect(outcomeOf(answer)).toEqual([expect.objectContaining({ severity: 'warning', diagnostics: expect.stringContaining(name) })]);
    expect(linkOf(answer.body, 'self')).not.toContain(name);
  });

  test('_explain=true tells plan and cost beside the matches, and names no value', async () => {
    const { tag } = await three(http());
    const answer = await http().get(`/Patient?_tag=${tag}&_explain=true`);
    expect(idsOf(answer)).toHaveLength(3);
    const issues = outcomeOf(answer);
    const told = issues.map(({ diagnostics }) => diagnostics).join('\n');
    expect(issues.every(({ severity }) => severity === 'information')).toBe(true);
    expect(told).toMatch(/plan .* over .*_tag/);
    expect(told).toMatch(/candidates \d+, hydrations \d+, matches 3, read units [\d.]+/);
    expect(told).not.toContain(tag);
  });

  test('the self link of a posted search tells what was searched, and its next link shows nothing of it', async () => {
    const { tag } = await three(http());
    const body = `_tag=${encodeURIComponent(`${system}|${tag}`)}&_count=2&_total=accurate&_sort=family`;
    const first = await http().send('POST', '/Patient/_search', { body, headers: { 'content-type': form } });
    const self = new URL(linkOf(first.body, 'self') ?? '').searchParams;
    expect([...self.keys()]).toEqual(['_tag', '_count', '_total', '_sort']);
    expect(self.get('_tag')).toBe(`${system}|${tag}`);
    const next = linkOf(first.body, 'next') ?? '';
    expect(next).not.toContain(tag);
    const second = await http().get(next);
    expect(new Set([...idsOf(first), ...idsOf(second)]).size).toBe(3);
    expect(second.body.total).toBe(3);
  });

  test('_list finds what a List holds', async () => {
    const { tag, ids } = await three(http());
    const entry = [ids[0], ids[2]].map((id) => ({ item: { reference: `Patient/${id}` } }));
    const list = await http().post('/List', { resourceType: 'List', status: 'current', mode: 'working', entry });
    expectSame(idsOf(await http().get(`/Patient?_tag=${tag}&_list=${list.body.id}`)), [ids[0], ids[2]]);
    expect(refusal(await http().get(`/Patient?_tag=${tag}&_list=${freshId()}`))).toEqual({ status: 404, code: 'not-found' });
  });

  test('token :in and :not-in search by a stored value set, and one that is not there is refused', async () => {
    const { tag, ids } = await three(http());
    const url = `http://example.org/${freshId()}`;
    const include = [{ system: 'http://hl7.org/fhir/administrative-gender', concept: [{ code: 'female' }] }];
    await http().post('/ValueSet', { resourceType: 'ValueSet', status: 'active', url, compose: { include } });
    expectSame(idsOf(await http().get(`/Patient?_tag=${tag}&gender:in=${url}`)), [ids[1], ids[2]]);
    expect(idsOf(await http().get(`/Patient?_tag=${tag}&gender:not-in=${url}`))).toEqual([ids[0]]);
    const refused = await http().get(`/Patient?_tag=${tag}&gender:in=${url}-unknown`);
    expect(refused.status).toBeGreaterThanOrEqual(400);
    expect(refused.status).toBeLessThan(500);
  });

  test('_text searches the narrative, _content the whole resource', async () => {
    const div = '<div xmlns="http://www.w3.org/1999/xhtml">Seen by the <b>cardiologist</b></div>';
    const { tag, ids } = await tagged(http(), patient({ text: { status: 'generated', div } }), patient({ name: [{ family: 'Cardiologist' }] }));
    expect(idsOf(await http().get(`/Patient?_tag=${tag}&_text=cardiologist`))).toEqual([ids[0]]);
    expectSame(idsOf(await http().get(`/Patient?_tag=${tag}&_content=cardiologist`)), ids);
  });

  test('contained resources are found on demand: by their container, or by themselves under the container’s URL', async () => {
    const code = freshId();
    const { ids } = await tagged(http(), {
      resourceType: 'MedicationRequest', status: 'active', intent: 'order', subject: { reference: 'Patient/nobody' },
      contained: [
        { resourceType: 'Medication', id: 'm1', code: { coding: [{ code }] } },
        { resourceType: 'Medication', id: 'm2', code: { coding: [{ code: 'other' }] } },
      ],
      medicationReference: { reference: '#m1' }, supportingInformation: [{ reference: '#m2' }],
    });
    expect(idsOf(await http().get(`/Medication?code=${code}`))).toEqual([]);
    const container = await http().get(`/Medication?code=${code}&_contained=true`);
    expect(container.body.entry.map(({ fullUrl }: Body) => fullUrl)).toEqual([`${http().baseUrl}/MedicationRequest/${ids[0]}`]);
    const contained = await http().get(`/Medication?code=${code}&_contained=true&_containedType=contained`);
    expect(contained.body.entry).toEqual([{
      fullUrl: `${http().baseUrl}/MedicationRequest/${ids[0]}#m1`,
      resource: { resourceType: 'Medication', id: 'm1', code: { coding: [{ code }] } },
      search: { mode: 'match' },
    }]);
    const plain = await http().post('/Medication', { resourceType: 'Medication', code: { coding: [{ code }] } });
    const both = await http().get(`/Medication?code=${code}&_contained=both`);
    expectSame(idsOf(both), [ids[0], plain.body.id]);
    const kit = await http().post('/Medication', {
      resourceType: 'Medication', code: { coding: [{ code }] }, contained: [{ resourceType: 'Medication', id: 'part', code: { coding: [{ code }] } }],
      ingredient: [{ itemReference: { reference: '#part' } }],
    });
    const themselves = await http().get(`/Medication?code=${code}&_contained=both&_containedType=contained`);
    expectSame(idsOf(themselves), ['m1', plain.body.id, kit.body.id, 'part']);
  });
};
