/** The document that the REST API is made from: compared as data, and held against the operations table. */
import { describe, expect, test } from '@jest/globals';
import { servedRoutes } from '../../../lib/rest/served-routes.ts';
import { basePath, maxBufferedMs, openApi, pathOf } from '../../../lib/rest/open-api.ts';
import type { Target } from '../../../lib/rest/open-api.ts';
import { functions } from '../../../src/aws/functions.ts';
import { operationNames, table } from '../../../src/operations/table.ts';

const streamed: Target = { functionName: 'caldera-search-type', streamed: true, timeoutSeconds: 60 };
const buffered: Target = { functionName: 'caldera-read', streamed: false, timeoutSeconds: 60 };
const otherwise: Target = { functionName: 'caldera-unrouted', streamed: true, timeoutSeconds: 29 };
const anyMethod = 'x-amazon-apigateway-any-method';

function documentOf(routes: Parameters<typeof openApi>[0]['routes']) {
  return openApi({ title: 'caldera', routes, otherwise, invocationUri: ({ functionName }) => `uri-of-${functionName}` });
}

describe('the OpenAPI document', () => {
  test('a route is signed, names its parameters and is bound to its function', () => {
    const { paths } = documentOf([{ method: 'GET', template: '/{type}/{id}', target: buffered }]);
    expect(paths[`${basePath}/{type}/{id}`]!['get']).toEqual({
      parameters: ['datastoreId', 'type', 'id'].map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      security: [{ sigv4: [] }],
      responses: { '200': { description: 'A resource or an OperationOutcome' } },
      'x-amazon-apigateway-integration': {
        type: 'aws_proxy',
        httpMethod: 'POST',
        uri: 'uri-of-caldera-read',
        passthroughBehavior: 'when_no_match',
        responseTransferMode: 'BUFFERED',
        timeoutInMillis: maxBufferedMs,
      },
    });
  });

  test('a streamed answer may take as long as its function', () => {
    const { paths } = documentOf([{ method: 'POST', template: '/', target: streamed }]);
    expect(paths[basePath]!['post']!['x-amazon-apigateway-integration']).toMatchObject({ responseTransferMode: 'STREAM', timeoutInMillis: 60_000 });
  });

  test('what no route does leads to one function, on every path of a route and beyond it', () => {
    const { paths } = documentOf([
      { method: 'GET', template: '/{type}', target: buffered },
      { method: 'GET', template: '/Transaction/{transactionId}', target: buffered },
    ]);
    const toOtherwise = Object.keys(paths).filter((path) => paths[path]![anyMethod] !== undefined);
    expect(toOtherwise.sort()).toEqual([
      '/', '/datastore', '/datastore/{datastoreId}', '/datastore/{datastoreId}/{proxy+}', '/{proxy+}',
      ...['', '/Transaction', '/Transaction/{transactionId}', '/Transaction/{transactionId}/{proxy+}', '/{type}', '/{type}/{proxy+}']
        .map((path) => basePath + path),
    ].sort());
    expect(toOtherwise.every((path) => paths[path]![anyMethod]!['x-amazon-apigateway-integration']['uri'] === 'uri-of-caldera-unrouted')).toBe(true);
  });

  test('a route of the platform itself stands at its root, beside what no route does', () => {
    const { paths } = documentOf([{ method: 'POST', template: '/', atRoot: true, target: buffered }, { method: 'GET', template: '/{type}', target: buffered }]);
    expect(Object.keys(paths['/']!).sort()).toEqual(['post', anyMethod]);
    expect(paths['/']!['post']!['parameters']).toEqual([]);
    expect(paths['//{proxy+}']).toBeUndefined();
  });

  test('two functions cannot have the same route', () => {
    const twice = { method: 'GET', template: '/metadata', target: buffered };
    expect(() => documentOf([twice, twice])).toThrow('get');
  });
});

describe('the document of the functions that are deployed', () => {
  const { paths, components } = documentOf(servedRoutes('caldera', functions).routes);
  const signed = [{ sigv4: [] }];

  test('every route of the operations table appears once, bound to the function of its operation, and HealthLake\'s own API beside them', () => {
    const inTable = operationNames.flatMap((name) => table[name].routes.map(({ method, template }) => (
      `${method} ${pathOf(template)} uri-of-caldera-${name}`
    )));
    const inDocument = Object.entries(paths).flatMap(([path, operations]) => Object.entries(operations)
      .filter(([method]) => method !== anyMethod)
      .map(([method, operation]) => `${method.toUpperCase()} ${path} ${operation['x-amazon-apigateway-integration']['uri']}`));
    expect(inDocument.sort()).toEqual([...inTable, 'POST / uri-of-caldera-healthlake'].sort());
  });

  test('every operation is signed', () => {
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    expect(operations.filter(({ security }) => JSON.stringify(security) !== JSON.stringify(signed))).toEqual([]);
    expect(components).toEqual({
      securitySchemes: { sigv4: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' } },
    });
  });

  test('no path has two parameters beside each other, which the gateway refuses', () => {
    const parameters = new Map<string, Set<string>>();
    for (const path of Object.keys(paths)) {
      const parts = path.split('/');
      parts.forEach((part, index) => {
        if (!part.startsWith('{')) return;
        const parent = parts.slice(0, index).join('/');
        parameters.set(parent, (parameters.get(parent) ?? new Set()).add(part));
      });
    }
    expect([...parameters].filter(([, names]) => names.size > 1)).toEqual([]);
  });
});
