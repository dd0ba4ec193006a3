/** https://hl7.org/fhir/R4/http.html#search, https://hl7.org/fhir/R4/search.html */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Answer, Client } from './client.ts';
import { form, idsOf, linkOf, system, tagged } from './tagged.ts';
import type { Tagged } from './tagged.ts';
import type { Topic } from './topic.ts';


/** Patients that a tag of their own sets apart. */
function family(http: Client, ...members: object[]): Promise<Tagged> {
  return tagged(http, ...members.map((member) => patient(member)));
}

export const searchTopic: Topic = (http) => {
  test('the return is a Bundle of type searchset whose matches say so', async () => {
    const { tag, ids } = await family(http(), {});
    const { status, headers, body } = await http().get(`/Patient?_tag=${tag}`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(body).toMatchObject({ resourceType: 'Bundle', type: 'searchset' });
    expect(body.entry).toHaveLength(1);
    expect(body.entry[0]).toMatchObject({
      fullUrl: `${http().baseUrl}/Patient/${ids[0]}`,
      resource: { resourceType: 'Patient', id: ids[0] },
      search: { mode: 'match' },
    });
  });

  test('nothing found is 200 and a Bundle without entries', async () => {
    const { status, body } = await http().get(`/Patient?_tag=${freshId()}`);
    expect(status).toBe(200);
    expect(body.entry).toBeUndefined();
  });

  test('a search sees every write acknowledged before it', async () => {
    const { tag, ids } = await family(http(), {});
    const current = (await http().get(`/Patient/${ids[0]}`)).body;
    await http().put(`/Patient/${ids[0]}`, { ...current, meta: { tag: [{ system, code: `${tag}-other` }] } });
    expect(idsOf(await http().get(`/Patient?_tag=${tag}`))).toEqual([]);
    expect(idsOf(await http().get(`/Patient?_tag=${tag}-other`))).toEqual(ids);
  });

  const members = [
    { name: [{ family: 'Østergård', given: ['Æsa'] }], birthDate: '1970-02', gender: 'female' },
    { name: [{ family: 'Smith' }, { family: 'Jones' }], birthDate: '1970-03-01', gender: 'male' },
    { name: [{ family: '山田', given: ['太郎'] }], birthDate: '1980', gender: 'male' },
  ];
  test.each<[string, number[]]>([
    ['', [0, 1, 2]],
    ['&gender=male', [1, 2]],
    ['&gender=female,male', [0, 1, 2]],
    ['&gender=http://hl7.org/fhir/administrative-gender|female', [0]],
    ['&gender=other', []],
    ['&family=smi', [1]],
    ['&family=SMITH', [1]],
    ['&name=jones', [1]],
    ['&name=ostergard', [0]],
    ['&family=%E5%B1%B1', [2]],
    ['&family=smith&family=jones', [1]],
    ['&family=smith,%E5%B1%B1', [1, 2]],
    ['&family=mith', []],
    ['&birthdate=1970', [0, 1]],
    ['&birthdate=1970-02', [0]],
    ['&birthdate=ge1970-03', [1, 2]],
    ['&birthdate=lt1970-03', [0]],
    ['&birthdate=gt1970-03-01', [2]],
    ['&birthdate=ge1970-01&birthdate=le1970-12', [0, 1]],
    ['&birthdate=ne1980', [0, 1]],
    ['&birthdate=sa1970', [2]],
    ['&birthdate=eb1980', [0, 1]],
  ])('Patient?_tag=…%s finds the right ones', async (query, expected) => {
    const { tag, ids } = await family(http(), ...members);
    const found = idsOf(await http().get(`/Patient?_tag=${tag}${query}`));
    expect(new Set(found)).toEqual(new Set(expected.map((place) => ids[place])));
  });

  test('_id and _lastUpdated are parameters of every type', async () => {
    const { tag, ids } = await family(http(), {}, {});
    expect(idsOf(await http().get(`/Patient?_id=${ids[1]}`))).toEqual([ids[1]]);
    expect(idsOf(await http().get(`/Patient?_id=${ids[0]},${ids[1]}`)).sort()).toEqual([...ids].sort());
    const { meta } = (await http().get(`/Patient/${ids[1]}`)).body;
    const instant = encodeURIComponent(meta.lastUpdated);
    expect(idsOf(await http().get(`/Patient?_tag=${tag}&_lastUpdated=lt${instant}`))).toEqual([ids[0]]);
    expect(idsOf(await http().get(`/Patient?_tag=${tag}&_lastUpdated=${instant}`))).toEqual([ids[1]]);
  });

  test('references are found by id, by type and id, and by the absolute URL of this server', async () => {
    const { ids } = await family(http(), {});
    const { body } = await http().post('/Observation', {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
      subject: { reference: `Patient/${ids[0]}` },
      effectiveDateTime: '2024-02-29T12:00:00+01:00',
    });
    for (const query of [
      `subject=${ids[0]}`, `subject=Patient/${ids[0]}`, `patient=${ids[0]}`, `subject:Patient=${ids[0]}`,
      `subject=${encodeURIComponent(`${http().baseUrl}/Patient/${ids[0]}`)}`,
      `patient=${ids[0]}&code=http://loinc.org|8867-4&date=ge2024-02-29&date=lt2024-03`,
    ]) {
      expect(idsOf(await http().get(`/Observation?${query}`))).toEqual([body.id]);
    }
    expect(idsOf(await http().get(`/Observation?patient=${ids[0]}&date=gt2024-02-29`))).toEqual([]);
    expect(idsOf(await http().get(`/Observation?subject=Group/${ids[0]}`))).toEqual([]);
  });

  test('_count limits the page, and the next links lead through all matches once', async () => {
    const { tag, ids } = await family(http(), {}, {}, {}, {}, {});
    const found: string[] = [];
    let url: string | undefined = `/Patient?_tag=${tag}&_count=2`;
    for (let page = 0; url !== undefined && page < 10; page++) {
      const answer: Answer = await http().get(url);
      const onPage = idsOf(answer);
      expect(onPage.length).toBeLessThanOrEqual(2);
      found.push(...onPage);
      url = linkOf(answer.body, 'next');
    }
    expect(url).toBeUndefined();
    expect(found.sort()).toEqual([...ids].sort());
  });

  test('_sort by date orders ascending and, with a minus, descending', async () => {
    const { tag, ids } = await family(http(), { birthDate: '1980-01-01' }, { birthDate: '1960-01-01' }, { birthDate: '1970-01-01' });
    const order = async (sort: string) => idsOf(await http().get(`/Patient?_tag=${tag}&_sort=${sort}`)).map((id) => ids.indexOf(id));
    expect(await order('birthdate')).toEqual([1, 2, 0]);
    expect(await order('-birthdate')).toEqual([0, 2, 1]);
    expect(await order('_lastUpdated')).toEqual([0, 1, 2]);
    expect(await order('-_lastUpdated')).toEqual([2, 1, 0]);
  });

  test('the self link has the parameters that were used', async () => {
    const { tag } = await family(http(), {});
    const strict = await http().get(`/Patient?_tag=${system}|${tag}&_count=5`);
    expect(new URL(linkOf(strict.body, 'self') ?? '').searchParams.get('_tag')).toBe(`${system}|${tag}`);
    const lenient = await http().get(`/Patient?_tag=${tag}&shoe-size=44`, { prefer: 'handling=lenient' });
    expect([...new URL(linkOf(lenient.body, 'self') ?? '').searchParams.keys()]).toEqual(['_tag']);
  });

  test('a search can be posted as a form', async () => {
    const { tag, ids } = await family(http(), { gender: 'male' }, { gender: 'female' });
    const found = await http().send('POST', '/Patient/_search', { body: `_tag=${tag}&gender=male`, headers: { 'content-type': form } });
    expect(idsOf(found)).toEqual([ids[0]]);
  });

  test('parameters of the URL and of the form are joined', async () => {
    const { tag, ids } = await family(http(), { gender: 'male' }, { gender: 'female' });
    const found = await http().send('POST', `/Patient/_search?gender=female`, { body: `_tag=${tag}`, headers: { 'content-type': form } });
    expect(idsOf(found)).toEqual([ids[1]]);
    expect(idsOf(await http().send('POST', `/Patient/_search?_tag=${tag}&gender=male`))).toEqual([ids[0]]);
  });

  test('the next link of a posted search is a GET that shows nothing of it', async () => {
    const { tag, ids } = await family(http(), {}, {}, {});
    const first = await http().send('POST', '/Patient/_search', { body: `_tag=${tag}&_count=2`, headers: { 'content-type': form } });
    const next = linkOf(first.body, 'next') ?? '';
    expect(next).not.toContain(tag);
    const second = await http().get(next);
    expect([...idsOf(first), ...idsOf(second)].sort()).toEqual([...ids].sort());
    expect(linkOf(second.body, 'next')).toBeUndefined();
    expect((await http().get(next.replace('/Patient?', '/Person?'))).status).toBe(400);
    expect((await http().get(next.replace('_sealed=', '_sealed=x'))).status).toBe(400);
  });

  test('tokens of links are of no use in each other’s places, nor for another type', async () => {
    const { tag } = await family(http(), {}, {});
    const posted = await http().send('POST', '/Patient/_search', { body: `_tag=${tag}&_count=1`, headers: { 'content-type': form } });
    const { searchParams } = new URL(linkOf(posted.body, 'next') ?? '');
    for (const path of ['/Patient', '/Patient/_history', '/_history']) {
      const refused = await http().get(`${path}?_cursor=${searchParams.get('_sealed')}`);
      expect(refusal(refused)).toEqual({ status: 400, code: 'invalid' });
    }
    expect(refusal(await http().get(`/Patient?_sealed=${searchParams.get('_cursor')}`))).toEqual({ status: 400, code: 'invalid' });
    const plain = new URL(linkOf((await http().get(`/Patient?_tag=${tag}&_count=1`)).body, 'next') ?? '');
    expect(refusal(await http().get(`/Person${plain.search}`))).toEqual({ status: 400, code: 'invalid' });
  });

  test('a posted search that is no form is 415', async () => {
    const refused = await http().send('POST', '/Patient/_search', { body: '{}', headers: { 'content-type': 'application/json' } });
    expect(refusal(refused)).toEqual({ status: 415, code: 'not-supported' });
  });

  test('_elements and _summary apply to every match', async () => {
    const { tag } = await family(http(), {});
    const elements = (await http().get(`/Patient?_tag=${tag}&_elements=birthDate`)).body.entry[0].resource;
    expect(elements.birthDate).toBe('1970-02');
    expect(elements.name).toBeUndefined();
    expect(elements.meta.tag).toContainEqual(expect.objectContaining({ code: 'SUBSETTED' }));
    const summary = (await http().get(`/Patient?_tag=${tag}&_summary=true`)).body.entry[0].resource;
    expect(summary.meta.tag).toContainEqual(expect.objectContaining({ code: 'SUBSETTED' }));
  });

  test.each([
    ['shoe-size=44', 'not-supported'],
    ['family:below=Smith', 'not-supported'],
    ['birthdate:exact=1970', 'not-supported'],
    ['gender:contains=male', 'not-supported'],
    ['organization:Practitioner=1', 'invalid'],
    ['organization.shoe-size=44', 'not-supported'],
    ['_has:Observation:patient:shoe-size=44', 'not-supported'],
    ['_query=current', 'not-supported'],
    ['_type=Patient', 'not-supported'],
    ['_sort=shoe-size', 'not-supported'],
    ['_sort:desc=birthdate', 'not-supported'],
    ['_total=some', 'invalid'],
    ['_summary=some', 'invalid'],
    ['_contained=some', 'invalid'],
    ['_explain=some', 'invalid'],
    ['birthdate=yesterday', 'invalid'],
    ['birthdate=1970-13', 'invalid'],
    ['_count=-1', 'invalid'],
    ['_count=many', 'invalid'],
    ['_cursor=forged', 'invalid'],
    ['_summary=true&_elements=name', 'invalid'],
    ['family=%zz', 'invalid'],
    ['family:missing=perhaps', 'invalid'],
    ['_filter=family+is+Smith', 'not-supported'],
    ['_filter=family+eq', 'invalid'],
  ])('Patient?%s is refused with 400, never ignored', async (query, code) => {
    expect(refusal(await http().get(`/Patient?${query}`))).toMatchObject({ status: 400, code });
  });

  test('a refusal does not repeat what was asked for', async () => {
    for (const query of ['birthdate=Smith', 'Smith%20Jane=1', 'gender:Smith=x', 'family:missing=Smith', '_filter=family%20Smith%20x', '_sort=Smith%20J', '_list=Smith%20J']) {
      const refused = await http().get(`/Patient?${query}`);
      expect([query, refused.status]).toEqual([query, 400]);
      expect(refused.text).not.toContain('Smith');
    }
  });
};
