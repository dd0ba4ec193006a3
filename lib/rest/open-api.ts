/**
 * The OpenAPI document that API Gateway makes the REST API from: every route of the operations table, signed, and
 * bound to its function (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html).
 *
 * Paths and methods that the table does not have lead to one function too, so that a client is told with an
 * OperationOutcome what is there (404, 405): the gateway by itself would say of all of them that the request is not signed.
 */
import { gatewayResponses } from './gateway-responses.ts';

/** The base of one data store; templates of the table stand behind it. */
export const basePath = '/datastore/{datastoreId}/r4';

/** The longest that the gateway waits for an answer that it holds back until it is whole. */
export const maxBufferedMs = 29_000;

/** The longest that the gateway streams one answer. */
export const maxStreamedMs = 900_000;

/** The function that answers, and how. */
export interface Target {
  readonly functionName: string;
  /** Whether the answer is passed on while the function writes it, beyond the 10 MB and 29 s of one held back. */
  readonly streamed: boolean;
  readonly timeoutSeconds: number;
}

export interface ServedRoute {
  readonly method: string;
  /** As in the operations table: below the base of a data store. */
  readonly template: string;
  /** The template is the whole path. */
  readonly atRoot?: true;
  readonly target: Target;
}

export interface Interface {
  readonly title: string;
  readonly routes: readonly ServedRoute[];
  /** Answers whatever no route does. */
  readonly otherwise: Target;
  /** From a function's name to where the gateway calls it. */
  readonly invocationUri: (target: Target) => string;
}

export interface OpenApiOperation {
  readonly parameters: readonly OpenApiParameter[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
  readonly 'x-amazon-apigateway-integration': Readonly<Record<string, string | number>>;
}

export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path';
  readonly required: true;
  readonly schema: { readonly type: 'string' };
}

export type OpenApiPath = Readonly<Record<string, OpenApiOperation>>;

export interface OpenApiDocument extends Readonly<Record<string, unknown>> {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, OpenApiPath>>;
}

/** Any method that the path has no operation for. */
const anyMethod = 'x-amazon-apigateway-any-method';

/** The rest of a path, however long. */
const remainder = '{proxy+}';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-authtype.html */
const securitySchemes = {
  sigv4: { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authtype': 'awsSigv4' },
};

/** @returns the document, the same for the same interface: a deployment is made when it changes */
export function openApi({ title, routes, otherwise, invocationUri }: Interface): OpenApiDocument {
  const paths: Record<string, Record<string, OpenApiOperation>> = {};
  const add = (path: string, method: string, target: Target): void => {
    const operations = (paths[path] ??= {});
    if (operations[method] !== undefined) throw new Error(`Two operations have the route ${method} ${path}.`);
    operations[method] = operation(path, target, invocationUri(target));
  };
  for (const route of routes) add(routePath(route), route.method.toLowerCase(), route.target);
  for (const path of pathsOtherwise(routes.map(routePath).filter((path) => path !== '/'))) add(path, anyMethod, otherwise);
  return {
    openapi: '3.0.1',
    info: { title, version: 'r4', description: 'FHIR R4 (https://hl7.org/fhir/R4/http.html)' },
    paths,
    components: { securitySchemes },
    // Every body reaches its function as the bytes that were sent: compressed ones survive, and what is no UTF-8 is told.
    'x-amazon-apigateway-binary-media-types': ['*/*'],
    'x-amazon-apigateway-gateway-responses': gatewayResponses,
  };
}

export function pathOf(template: string): string {
  return template === '/' ? basePath : basePath + template;
}

export function routePath({ template, atRoot }: Pick<ServedRoute, 'template' | 'atRoot'>): string {
  return atRoot === true ? template : pathOf(template);
}

function operation(path: string, target: Target, uri: string): OpenApiOperation {
  const maxMs = target.streamed ? maxStreamedMs : maxBufferedMs;
  return {
    parameters: [...path.matchAll(/\{([A-Za-z]+)\+?\}/g)].map(([, name]) => (
      { name: name as string, in: 'path', required: true, schema: { type: 'string' } }
    )),
    security: [{ sigv4: [] }],
    responses: { '200': { description: 'A resource or an OperationOutcome' } },
    'x-amazon-apigateway-integration': {
      type: 'aws_proxy',
      httpMethod: 'POST',
      uri,
      passthroughBehavior: 'when_no_match',
      responseTransferMode: target.streamed ? 'STREAM' : 'BUFFERED',
      timeoutInMillis: Math.min(target.timeoutSeconds * 1000, maxMs),
    },
  };
}

/**
 * Every path on the way to a route, and what lies beyond it. A parameter has no sibling for the remainder in API
 * Gateway, and needs none: it takes one segment of any text itself.
 */
function pathsOtherwise(paths: readonly string[]): readonly string[] {
  const known = new Set<string>(['']);
  for (const path of paths) {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) known.add(path.slice(0, end));
  }
  const hasParameter = new Set([...known].filter((path) => path.endsWith('}')).map((path) => path.slice(0, path.lastIndexOf('/'))));
  return [...known].flatMap((path) => (hasParameter.has(path) ? [path] : [path === '' ? '/' : path, `${path}/${remainder}`]));
}
