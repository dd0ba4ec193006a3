/** https://hl7.org/fhir/R4/http.html#delete */
import { expect, test } from '@jest/globals';
import { freshId, patient, refusal } from './client.ts';
import type { Topic } from './topic.ts';

export const deleteTopic: Topic = (http) => {
  test('delete returns 204 without a body, with the ETag of the deletion', async () => {
    const { body } = await http().post('/Patient', patient());
    const deleted = await http().delete(`/Patient/${body.id}`);
    expect(deleted.status).toBe(204);
    expect(deleted.text).toBe('');
    expect(deleted.headers.get('etag')).toBe('W/"2"');
    expect((await http().get(`/Patient/${body.id}`)).status).toBe(410);
  });

  test('a deleted resource is not found by search', async () => {
    const sent = patient();
    const { body } = await http().post('/Patient', sent);
    await http().delete(`/Patient/${body.id}`);
    expect((await http().get(`/Patient?identifier=${sent.identifier[0]?.value}`)).body.entry).toBeUndefined();
  });

  test('deleting what is deleted already, or never was, is 204 and no new version', async () => {
    const { body } = await http().post('/Patient', patient());
    await http().delete(`/Patient/${body.id}`);
    expect((await http().delete(`/Patient/${body.id}`)).status).toBe(204);
    expect((await http().get(`/Patient/${body.id}`)).headers.get('etag')).toBe('W/"2"');
    const id = freshId();
    expect((await http().delete(`/Patient/${id}`)).status).toBe(204);
    expect((await http().get(`/Patient/${id}`)).status).toBe(404);
  });

  test('If-Match holds for deletes', async () => {
    const { body } = await http().post('/Patient', patient());
    await http().put(`/Patient/${body.id}`, body);
    expect(refusal(await http().delete(`/Patient/${body.id}`, { 'if-match': 'W/"1"' }))).toEqual({ status: 412, code: 'conflict' });
    expect((await http().get(`/Patient/${body.id}`)).status).toBe(200);
    expect((await http().delete(`/Patient/${body.id}`, { 'if-match': 'W/"2"' })).status).toBe(204);
  });

  test('those who prefer an OperationOutcome get 200 with one', async () => {
    const { body } = await http().post('/Patient', patient());
    const deleted = await http().delete(`/Patient/${body.id}`, { prefer: 'return=OperationOutcome' });
    expect(deleted.status).toBe(200);
    expect(deleted.body.resourceType).toBe('OperationOutcome');
  });
};
