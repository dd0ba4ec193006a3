/** https://hl7.org/fhir/R4/http.html#read, #vread, #cread, #head */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Client } from './client.ts';
import type { Topic } from './topic.ts';

async function updatedOnce(http: Client): Promise<{ id: string; path: string }> {
  const { body } = await http.post('/Patient', patient());
  const path = `/Patient/${body.id}`;
  await http.put(path, { ...body, birthDate: '1971' });
  return { id: body.id, path };
}

export const readTopic: Topic = (http) => {
  test('read returns the current version with its id, ETag and Last-Modified', async () => {
    const { id, path } = await updatedOnce(http());
    const read = await http().get(path);
    expect(read.status).toBe(200);
    expect(read.body).toMatchObject({ resourceType: 'Patient', id, birthDate: '1971', meta: { versionId: '2' } });
    expect(read.headers.get('etag')).toBe('W/"2"');
    expect(read.headers.get('last-modified')).toMatch(/^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
  });

  test('an unknown resource is 404', async () => {
    expect(refusal(await http().get(`/Patient/${freshId()}`))).toEqual({ status: 404, code: 'not-found' });
  });

  test('the id of a resource of another type is 404', async () => {
    const { id } = await updatedOnce(http());
    expect((await http().get(`/Person/${id}`)).status).toBe(404);
  });

  test('a deleted resource is 410 with the ETag of its deletion', async () => {
    const { path } = await updatedOnce(http());
    await http().delete(path);
    const read = await http().get(path);
    expect(refusal(read)).toEqual({ status: 410, code: 'deleted' });
    expect(read.headers.get('etag')).toBe('W/"3"');
  });

  test('HEAD is GET without a body', async () => {
    const { path } = await updatedOnce(http());
    const got = await http().get(path, { 'accept-encoding': 'identity' });
    const head = await http().send('HEAD', path, { headers: { 'accept-encoding': 'identity' } });
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    for (const name of ['etag', 'last-modified', 'content-type', 'content-length']) expect(head.headers.get(name)).toBe(got.headers.get(name));
    expect((await http().send('HEAD', `/Patient/${freshId()}`)).status).toBe(404);
  });

  test('vread returns the version asked for', async () => {
    const { path } = await updatedOnce(http());
    const first = await http().get(`${path}/_history/1`);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ birthDate: '1970-02', meta: { versionId: '1' } });
    expect(first.headers.get('etag')).toBe('W/"1"');
    expect((await http().get(`${path}/_history/2`)).body.birthDate).toBe('1971');
  });

  test.each(['3', '0', 'abc', '01', '99999999999'])('an unknown version (%s) is 404', async (versionId) => {
    const { path } = await updatedOnce(http());
    expect(refusal(await http().get(`${path}/_history/${versionId}`))).toEqual({ status: 404, code: 'not-found' });
  });

  test('the version at which a resource was deleted is 410, those before remain', async () => {
    const { path } = await updatedOnce(http());
    await http().delete(path);
    expect(refusal(await http().get(`${path}/_history/3`))).toEqual({ status: 410, code: 'deleted' });
    expect((await http().get(`${path}/_history/2`)).status).toBe(200);
  });

  test('a conditional read is 304 without a body while the ETag is current', async () => {
    const { path } = await updatedOnce(http());
    const same = await http().get(path, { 'if-none-match': 'W/"2"' });
    expect(same.status).toBe(304);
    expect(same.text).toBe('');
    expect(same.headers.get('etag')).toBe('W/"2"');
    expect((await http().get(path, { 'if-none-match': 'W/"1"' })).status).toBe(200);
  });

  test('a conditional read is 304 when nothing changed since', async () => {
    const { path } = await updatedOnce(http());
    const modified = (await http().get(path)).headers.get('last-modified') ?? '';
    expect((await http().get(path, { 'if-modified-since': modified })).status).toBe(304);
    expect((await http().get(path, { 'if-modified-since': new Date(Date.parse(modified) - 1000).toUTCString() })).status).toBe(200);
  });

  test('_elements returns the mandatory and the named elements, tagged as a subset', async () => {
    const { id, path } = await updatedOnce(http());
    const { body } = await http().get(`${path}?_elements=birthDate`);
    expect(body).toMatchObject({ resourceType: 'Patient', id, birthDate: '1971' });
    expect(body.name).toBeUndefined();
    expect(body.meta.tag).toContainEqual(expect.objectContaining({ code: 'SUBSETTED' }));
  });

  test('_summary=true returns the elements of the summary, tagged as a subset', async () => {
    const text = { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">A patient</div>' };
    const created = await http().post('/Patient', patient({ text, maritalStatus: { text: 'married' } }));
    const { body } = await http().get(`/Patient/${created.body.id}?_summary=true`);
    expect(body.birthDate).toBe('1970-02');
    expect(body.text).toBeUndefined();
    expect(body.maritalStatus).toBeUndefined();
    expect(body.meta.tag).toContainEqual(expect.objectContaining({ code: 'SUBSETTED' }));
    const onlyText = await http().get(`/Patient/${created.body.id}?_summary=text`);
    expect(onlyText.body.text).toEqual(text);
    expect(onlyText.body.birthDate).toBeUndefined();
    const data = await http().get(`/Patient/${created.body.id}?_summary=data`);
    expect(data.body.text).toBeUndefined();
    expect(data.body.maritalStatus).toEqual({ text: 'married' });
  });

  test.each([
    ['_summary=true&_elements=name', 'invalid'],
    ['_summary=short', 'invalid'],
    ['_elements=', 'invalid'],
    ['_include=Patient:organization', 'not-supported'],
  ])('read with %s is 400', async (query, code) => {
    const { path } = await updatedOnce(http());
    expect(refusal(await http().get(`${path}?${query}`))).toEqual({ status: 400, code });
  });
};
