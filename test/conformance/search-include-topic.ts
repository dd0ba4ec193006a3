/** What comes along with the matches of a search (https://hl7.org/fhir/R4/search.html#revinclude). */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Answer, Body, Client } from './client.ts';
import { expectSame, form, idsOf, linkOf, outcomeOf, system, tagged } from './tagged.ts';
import type { Topic } from './topic.ts';

const includesOf = ({ body }: Answer): Body[] => (body.entry ?? []).filter(({ search }: Body) => search.mode === 'include');
const names = (answer: Answer): string[] => includesOf(answer).map(({ resource }) => `${resource.resourceType}/${resource.id}`);

const to = (reference: string) => ({ reference });
const observation = (changes: object = {}) => ({ resourceType: 'Observation', status: 'final', code: { text: 'x' }, ...changes });

interface Ward {
  readonly tag: string;
  /** `Type/id`s. */
  readonly organization: string;
  readonly parent: string;
  readonly patient: string;
  readonly encounter: string;
  readonly observations: readonly string[];
  readonly provenance: string;
}

/** A patient of an organization that is part of another, an encounter, two observations (tagged) and the provenance of one. */
async function ward(http: Client): Promise<Ward> {
  const made = async (resource: Body): Promise<string> => {
    const { status, body } = await http.post(`/${resource.resourceType}`, resource);
    expect([status, body.issue]).toEqual([201, undefined]);
    return `${body.resourceType}/${body.id}`;
  };
  const parent = await made({ resourceType: 'Organization', name: 'All' });
  const organization = await made({ resourceType: 'Organization', name: 'One', partOf: to(parent) });
  const one = await made(patient({ managingOrganization: to(organization) }));
  const encounter = await made({ resourceType: 'Encounter', status: 'finished', class: { code: 'AMB' }, subject: to(one) });
  const { tag, ids } = await tagged(
    http,
    observation({ subject: to(one), encounter: to(encounter) }),
    observation({ subject: to(`${http.baseUrl}/${one}`) }),
  );
  const observations = ids.map((id) => `Observation/${id}`);
  const provenance = await made({ resourceType: 'Provenance', target: [to(observations[0]!)], recorded: '2024-01-01T00:00:00Z', agent: [{ who: to(one) }] });
  return { tag, parent, organization, patient: one, encounter, observations, provenance };
}

export const searchIncludeTopic: Topic = (http) => {
  test('_include brings along what matches refer to, once, marked as included', async () => {
    const { tag, patient: one } = await ward(http());
    const answer = await http().get(`/Observation?_tag=${tag}&_include=Observation:subject`);
    expect(idsOf(answer)).toHaveLength(2);
    expect(includesOf(answer)).toEqual([expect.objectContaining({ fullUrl: `${http().baseUrl}/${one}`, search: { mode: 'include' } })]);
    expect(new URL(linkOf(answer.body, 'self') ?? '').searchParams.get('_include')).toBe('Observation:subject');
  });

  test('a target type keeps references to other types out', async () => {
    const { tag, patient: one } = await ward(http());
    expect(names(await http().get(`/Observation?_tag=${tag}&_include=Observation:subject:Patient`))).toEqual([one]);
    expect(names(await http().get(`/Observation?_tag=${tag}&_include=Observation:subject:Group`))).toEqual([]);
  });

  test('_revinclude brings along what refers to matches', async () => {
    const { tag, patient: one, encounter, provenance, observations } = await ward(http());
    expect(names(await http().get(`/Observation?_tag=${tag}&_revinclude=Provenance:target`))).toEqual([provenance]);
    const answer = await http().get(`/Patient?_id=${one.split('/')[1]}&_revinclude=Observation:patient&_revinclude=Encounter:patient:Patient`);
    expectSame(names(answer), [encounter, ...observations]);
  });

  test('several are given as several parameters, and matches are not counted with what they bring along', async () => {
    const { tag, patient: one, encounter, provenance } = await ward(http());
    const answer = await http().get(
      `/Observation?_tag=${tag}&_include=Observation:subject&_include=Observation:encounter&_revinclude=Provenance:target&_total=accurate`,
    );
    expectSame(names(answer), [one, encounter, provenance]);
    expect(answer.body.total).toBe(2);
  });

  test('without :iterate they apply to matches alone, with it to what was brought along as well', async () => {
    const { tag, patient: one, organization, parent } = await ward(http());
    const asked = `/Observation?_tag=${tag}&_include=Observation:subject`;
    expectSame(names(await http().get(`${asked}&_include=Patient:organization`)), [one]);
    expectSame(names(await http().get(`${asked}&_include:iterate=Patient:organization`)), [one, organization]);
    const deep = `${asked}&_include:iterate=Patient:organization&_include:iterate=Organization:partof`;
    expectSame(names(await http().get(deep)), [one, organization, parent]);
    expectSame(names(await http().get(deep.replaceAll('iterate', 'recurse'))), [one, organization, parent]);
  });

  test('_revinclude iterates too', async () => {
    const { patient: one, organization, parent, observations } = await ward(http());
    const answer = await http().get(
      `/Organization?_id=${parent.split('/')[1]}&_revinclude:iterate=Organization:partof&_revinclude:iterate=Patient:organization&_revinclude:iterate=Observation:subject`,
    );
    expectSame(names(answer), [organization, one, ...observations]);
  });

  test('* stands for all references of a type, or of all types', async () => {
    const { tag, patient: one, encounter, provenance, observations } = await ward(http());
    expectSame(names(await http().get(`/Observation?_tag=${tag}&_include=Observation:*`)), [one, encounter]);
    expectSame(names(await http().get(`/Observation?_tag=${tag}&_include=*`)), [one, encounter]);
    expectSame(names(await http().get(`/Observation?_tag=${tag}&_revinclude=*`)), [provenance]);
    expectSame(names(await http().get(`/Patient?_id=${one.split('/')[1]}&_revinclude=*`)), [encounter, provenance, ...observations]);
    expectSame(names(await http().get(`/Patient?_id=${one.split('/')[1]}&_revinclude=Observation:*`)), observations);
  });

  test('a match is never included as well', async () => {
    const parent = patient();
    const { body: { id } } = await http().post('/Patient', parent);
    const { tag, ids } = await tagged(http(), patient({ link: [{ other: to(`Patient/${id}`), type: 'seealso' }] }));
    await http().put(`/Patient/${id}`, { ...parent, id, meta: { tag: [{ system, code: tag }] }, link: [{ other: to(`Patient/${ids[0]}`), type: 'seealso' }] });
    const answer = await http().get(`/Patient?_tag=${tag}&_include:iterate=Patient:link&_revinclude:iterate=Patient:link`);
    expectSame(idsOf(answer), [id, ids[0]]);
    expect(names(answer)).toEqual([]);
    const [first] = idsOf(await http().get(`/Patient?_tag=${tag}&_count=1`));
    expectSame(names(await http().get(`/Patient?_tag=${tag}&_count=1&_include=Patient:link`)), [id, ids[0]].filter((each) => each !== first).map((each) => `Patient/${each}`));
  });

  test('what is missing, deleted or on another server is left out', async () => {
    const { body: { id } } = await http().post('/Patient', patient());
    await http().delete(`/Patient/${id}`);
    const { tag } = await tagged(
      http(), observation({ subject: to(`Patient/${freshId()}`) }), observation({ subject: to(`Patient/${id}`) }),
      observation({ subject: to('http://elsewhere.example.org/fhir/Patient/1') }), observation({ subject: to(`urn:uuid:${freshId()}`) }),
    );
    const answer = await http().get(`/Observation?_tag=${tag}&_include=Observation:subject&_include:iterate=*`);
    expect(idsOf(answer)).toHaveLength(4);
    expect(includesOf(answer)).toEqual([]);
  });

  test('a reference to a version brings that version along', async () => {
    const first = patient({ gender: 'other' });
    const { body: { id } } = await http().post('/Patient', first);
    await http().put(`/Patient/${id}`, { ...first, id, gender: 'female' });
    const { tag } = await tagged(http(), observation({ subject: to(`Patient/${id}/_history/1`) }));
    const past = includesOf(await http().get(`/Observation?_tag=${tag}&_include=Observation:subject`));
    expect(past.map(({ resource }) => [resource.id, resource.meta.versionId, resource.gender])).toEqual([[id, '1', 'other']]);
    const { ids } = await tagged(http(), observation({ subject: to(`Patient/${id}/_history/1`), performer: [to(`Patient/${id}`)] }));
    const both = includesOf(await http().get(`/Observation?_id=${ids[0]}&_include=*`));
    expectSame(both.map(({ resource }) => resource.meta.versionId), ['1', '2']);
    const { ids: current } = await tagged(http(), observation({ subject: to(`Patient/${id}/_history/2`), performer: [to(`Patient/${id}`)] }));
    expect(includesOf(await http().get(`/Observation?_id=${current[0]}&_include=*`))).toHaveLength(1);
  });

  test('a canonical URL is followed to the resource that has it: to the version named, else to the newest', async () => {
    const url = `http://example.org/Library/${freshId()}`;
    const library = (version: string) => ({ resourceType: 'Library', status: 'active', type: { text: 'x' }, url, version });
    const libraries = await tagged(http(), library('1.0'), library('1.10'), library('1.9'));
    const plan = (canonical: string) => ({ resourceType: 'PlanDefinition', status: 'active', library: [canonical] });
    const { ids } = await tagged(http(), plan(url), plan(`${url}|1.0`), plan(`${url}|3`));
    const included = async (id: string | undefined) => includesOf(await http().get(`/PlanDefinition?_id=${id}&_include=PlanDefinition:depends-on`)).map(({ resource }) => resource.version);
    expect(await included(ids[0])).toEqual(['1.10']);
    expect(await included(ids[1])).toEqual(['1.0']);
    expect(await included(ids[2])).toEqual([]);
    const back = await http().get(`/Library?_id=${libraries.ids[0]}&_revinclude=PlanDefinition:depends-on`);
    expectSame(names(back), [`PlanDefinition/${ids[0]}`, `PlanDefinition/${ids[1]}`]);
  });

  test('all that the matches of a page bring along is on that page', async () => {
    const { tag, patient: one, encounter } = await ward(http());
    const found: string[][] = [];
    let url: string | undefined = `/Observation?_tag=${tag}&_count=1&_include=*`;
    while (url !== undefined) {
      const answer: Answer = await http().get(url);
      if (answer.body.entry !== undefined) found.push(names(answer).sort());
      url = linkOf(answer.body, 'next');
    }
    expectSame(found.map(String), [[encounter, one].join(), one]);
  });

  test('_summary applies to what comes along, _elements does not', async () => {
    const { tag } = await ward(http());
    const [bySummary] = includesOf(await http().get(`/Observation?_tag=${tag}&_include=Observation:subject&_summary=true`));
    expect(bySummary.resource.meta.tag).toContainEqual(expect.objectContaining({ code: 'SUBSETTED' }));
    const [byElements] = includesOf(await http().get(`/Observation?_tag=${tag}&_include=Observation:subject&_elements=status`));
    expect(byElements.resource.identifier).toBeDefined();
    expect(JSON.stringify(byElements)).not.toContain('SUBSETTED');
  });

  test('_summary=count answers no includes, and _summary=text cannot be mixed with them', async () => {
    const { tag } = await ward(http());
    const counted = await http().get(`/Observation?_tag=${tag}&_include=*&_summary=count`);
    expect([counted.body.total, counted.body.entry]).toEqual([2, undefined]);
    expect(refusal(await http().get(`/Observation?_tag=${tag}&_include=*&_summary=text`))).toEqual({ status: 400, code: 'invalid' });
  });

  test('searches across types, in compartments, by POST and in batches bring along as well', async () => {
    const { tag, patient: one, encounter } = await ward(http());
    expectSame(names(await http().get(`?_type=Observation,Encounter&_tag=${tag}&_include=Observation:*`)), [one, encounter]);
    expectSame(names(await http().get(`/${one}/Observation?_include=Observation:encounter`)), [encounter]);
    const body = `_tag=${tag}&_include=Observation:subject`;
    expectSame(names(await http().send('POST', '/Observation/_search', { body, headers: { 'content-type': form } })), [one]);
    const request = { method: 'GET', url: `Observation?_tag=${tag}&_include=Observation:subject` };
    const batch = await http().post('', { resourceType: 'Bundle', type: 'batch', entry: [{ request }] });
    expect(names({ ...batch, body: batch.body.entry[0].resource })).toEqual([one]);
  });

  test.each([
    ['_include=Observation:shoe-size', 'not-supported'],
    ['_include=Observation:code', 'not-supported'],
    ['_include=Nothing:subject', 'not-supported'],
    ['_include=Observation:subject:Practitioner', 'not-supported'],
    ['_include=subject', 'not-supported'],
    ['_include=Observation:subject,Observation:encounter', 'not-supported'],
    ['_revinclude=Provenance', 'not-supported'],
  ])('%s is refused, and passed over where handling is lenient', async (parameter, code) => {
    expect(refusal(await http().get(`/Observation?${parameter}`))).toEqual({ status: 400, code });
    const lenient = await http().get(`/Observation?_id=${freshId()}&${parameter}`, { prefer: 'handling=lenient' });
    expect(outcomeOf(lenient)).toHaveLength(1);
  });

  test('the CapabilityStatement lists them by type', async () => {
    const { body } = await http().get('/metadata');
    const { searchInclude, searchRevInclude } = body.rest[0].resource.find(({ type }: Body) => type === 'Patient');
    expect(searchInclude).toEqual(['*', 'Patient:*', 'Patient:general-practitioner', 'Patient:link', 'Patient:organization']);
    expect(searchRevInclude).toEqual(expect.arrayContaining(['*', 'Provenance:target', 'Observation:patient', 'Encounter:subject']));
    expect(searchRevInclude).not.toContain('Observation:encounter');
  });

  test('a modifier that they do not have is always refused', async () => {
    const lenient = await http().get('/Observation?_include:logical=Observation:subject', { prefer: 'handling=lenient' });
    expect(refusal(lenient)).toEqual({ status: 400, code: 'not-supported' });
  });
};
