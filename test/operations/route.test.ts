import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../src/fhir/outcome.ts';
import { route, routedTypes } from '../../src/operations/route.ts';
import { operationNames, table } from '../../src/operations/table.ts';

function refused(method: string, path: string): FhirError {
  try {
    route(method, path);
  } catch (error) {
    if (error instanceof FhirError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('routing', () => {
  test.each([
    ['GET /metadata', 'capabilities', {}],
    ['POST /', 'process-bundle', {}],
    ['POST ', 'process-bundle', {}],
    ['GET /_history', 'history-system', {}],
    ['GET /Patient', 'search-type', { type: 'Patient' }],
    ['POST /Patient/_search', 'search-type', { type: 'Patient' }],
    ['GET /', 'search-system', {}],
    ['GET ', 'search-system', {}],
    ['POST /_search', 'search-system', {}],
    ['GET /Patient/1/Observation', 'search-compartment', { type: 'Patient', id: '1', memberType: 'Observation' }],
    ['POST /Patient/1/Observation/_search', 'search-compartment', { type: 'Patient', id: '1', memberType: 'Observation' }],
    ['GET /Patient/1/*', 'search-compartment', { type: 'Patient', id: '1', memberType: '*' }],
    ['GET /Patient/1/$everything', 'everything', { type: 'Patient', id: '1' }],
    ['POST /Encounter/1/$everything', 'everything', { type: 'Encounter', id: '1' }],
    ['GET /$export', 'start-export', {}],
    ['POST /Patient/$export', 'start-export', { type: 'Patient' }],
    ['GET /Group/1/$export', 'start-export', { type: 'Group', id: '1' }],
    ['HEAD /export/01a2', 'export-status', { jobId: '01a2' }],
    ['DELETE /export/01a2', 'cancel-export', { jobId: '01a2' }],
    ['GET /export/01a2/Patient/Patient-00001-0-0.ndjson', 'exported-file', { jobId: '01a2', folder: 'Patient', file: 'Patient-00001-0-0.ndjson' }],
    ['POST /Patient', 'create', { type: 'Patient' }],
    ['GET /Patient/_history', 'history-type', { type: 'Patient' }],
    ['GET /Patient/a-1.B', 'read', { type: 'Patient', id: 'a-1.B' }],
    ['HEAD /Patient/1', 'read', { type: 'Patient', id: '1' }],
    ['PUT /Patient/1', 'update', { type: 'Patient', id: '1' }],
    ['PATCH /Patient/1', 'patch', { type: 'Patient', id: '1' }],
    ['DELETE /Patient/1', 'delete', { type: 'Patient', id: '1' }],
    ['GET /Patient/1/_history', 'history-instance', { type: 'Patient', id: '1' }],
    ['GET /Patient/1/_history/3', 'vread', { type: 'Patient', id: '1', versionId: '3' }],
    ['GET /Transaction/6f3c', 'transaction-status', { transactionId: '6f3c' }],
  ])('%s is %s', (request, name, segments) => {
    const [method = '', path = ''] = request.split(' ');
    const found = route(method, path);
    expect(found.name).toBe(name);
    expect(found.path).toEqual(segments);
  });

  test('a slash at the end changes nothing', () => {
    expect(route('GET', '/Patient/1/').path).toEqual({ type: 'Patient', id: '1' });
    expect(route('GET', '/metadata/').name).toBe('capabilities');
  });

  test('segments are percent-decoded', () => {
    expect(route('GET', '/Patient/a%2Db').path).toEqual({ type: 'Patient', id: 'a-b' });
    expect(refused('GET', '/Patient/%zz').status).toBe(400);
    expect(refused('GET', '/Patient/%ff').status).toBe(400);
    expect(refused('GET', '/Patient/a%2Fb').status).toBe(400);
  });

  test('a path that is not offered is 404', () => {
    for (const path of ['/Patient/1/Nothing', '/Patient/1/_search', '/Patient/1/Observation/1', '/Patient/1/_history/1/2', '/Observation/1/$everything', '/Patient/$everything', '/Observation/$export', '/Patient/1/$export', '/Group/$export', '/Patient/_tags', '//']) {
      expect(refused('GET', path).status).toBe(404);
    }
  });

  test('an unknown resource type is 404 and is named', () => {
    const error = refused('GET', '/Pacient/1');
    expect(error.status).toBe(404);
    expect(error.message).toContain("'Pacient'");
    expect(refused('GET', '/patient').status).toBe(404);
  });

  test('what does not look like a resource type is not repeated', () => {
    expect(refused('GET', '/smith,john%201970').message).not.toContain('smith');
  });

  test('Parameters and OperationOutcome have no end-point', () => {
    expect(refused('POST', '/Parameters').status).toBe(404);
    expect(routedTypes).not.toContain('OperationOutcome');
    expect(routedTypes).toHaveLength(145);
  });

  test('an id that is none is 400', () => {
    expect(refused('GET', `/Patient/${'x'.repeat(65)}`).status).toBe(400);
    expect(refused('PUT', '/Patient/a_b').status).toBe(400);
  });

  test.each([
    ['POST', '/Patient/1', 'GET, HEAD, PUT, PATCH, DELETE'],
    ['PATCH', '/Patient/1/_history', 'GET, HEAD'],
    ['GET', '/Patient/_search', 'POST'],
    ['PUT', '/', 'POST, GET, HEAD'],
    ['DELETE', '/metadata', 'GET, HEAD'],
    ['DELETE', '/Patient/1/_history', 'GET, HEAD'],
  ])('%s %s is 405 with Allow', (method, path, allowed) => {
    const error = refused(method, path);
    expect(error.status).toBe(405);
    expect(error.headers).toEqual({ Allow: allowed });
  });

  test('no two operations have the same method and path', () => {
    const routes = operationNames.flatMap((name) => table[name].routes.map(({ method, template }) => `${method} ${template}`));
    expect(new Set(routes).size).toBe(routes.length);
  });
});
