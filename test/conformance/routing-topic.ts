/** https://hl7.org/fhir/R4/http.html#styleguide, #return-codes */
import { expect, test } from '@jest/globals';
import { patient, refusal } from './client.ts';
import type { Topic } from './topic.ts';

export const routingTopic: Topic = (http) => {
  test('an unknown resource type is 404 and named', async () => {
    const refused = await http().get('/Pacient/1');
    expect(refusal(refused)).toEqual({ status: 404, code: 'not-found' });
    expect(refused.body.issue[0].diagnostics).toContain('Pacient');
  });

  test.each(['/Patient/1/Observation/1', '/Patient/1/_history/1/more', '/_tags', '/Patient/1/_tags'])('GET %s is 404', async (path) => {
    expect(refusal(await http().get(path))).toEqual({ status: 404, code: 'not-found' });
  });

  test('an operation that is not offered is 404 not-supported', async () => {
    expect(refusal(await http().get('/Patient/1/$something'))).toEqual({ status: 404, code: 'not-supported' });
  });

  test.each([
    ['POST', '/Patient/1', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
    ['PATCH', '/Patient/1/_history', ['GET', 'HEAD']],
    ['DELETE', '/Patient/_history', ['GET', 'HEAD']],
    ['DELETE', '/Patient/1/_history', ['GET', 'HEAD']],
    ['POST', '/metadata', ['GET', 'HEAD']],
    ['GET', '/Patient/_search', ['POST']],
  ])('%s %s is 405 and tells what is allowed', async (method, path, allowed) => {
    const refused = await http().send(method, path);
    expect(refusal(refused)).toEqual({ status: 405, code: 'not-supported' });
    expect(refused.headers.get('allow')?.split(', ')).toEqual(allowed);
  });

  test.each([['/Patient/a_b'], [`/Patient/${'x'.repeat(65)}`], ['/Patient/%zz'], ['/Patient/a%2Fb']])('GET %s is 400', async (path) => {
    expect(refusal(await http().get(path))).toEqual({ status: 400, code: 'invalid' });
  });

  test('the base works with and without a slash at the end', async () => {
    const bundle = { resourceType: 'Bundle', type: 'batch', entry: [] };
    expect((await http().post('', bundle)).status).toBe((await http().post('/', bundle)).status);
    expect((await http().get('/metadata/')).status).toBe(200);
    const { body } = await http().post('/Patient/', patient());
    expect((await http().get(`/Patient/${body.id}/`)).status).toBe(200);
  });
};
