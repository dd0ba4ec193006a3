/**
 * The FHIR interface: a regional REST API from one OpenAPI document, and the permission of the gateway to call each
 * function for its own routes (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html).
 */
import { Aws, RemovalPolicy } from 'aws-cdk-lib';
import {
  AccessLogFormat, ApiDefinition, EndpointType, LogGroupLogDestination, MethodLoggingLevel, SpecRestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionSpec } from '../../src/aws/functions.ts';
import { functionArn } from '../kit/arns.ts';
import type { Settings } from '../kit/settings.ts';
import { accessLogFormat } from './access-log.ts';
import { addDomain } from './domain.ts';
import { openApi, routePath } from './open-api.ts';
import type { Target } from './open-api.ts';
import { privateAccess } from './private-access.ts';
import { servedRoutes } from './served-routes.ts';

/** Stands first in the path, but for a domain of one's own. */
export const stageName = 'v1';

export interface RestApiSurroundings {
  readonly settings: Settings;
  readonly accessLog: ILogGroup;
}

export function restApi(scope: Construct, specs: readonly FunctionSpec[], { settings, accessLog }: RestApiSurroundings): SpecRestApi {
  const { name, vpcEndpointIds, throttle } = settings;
  const isPrivate = vpcEndpointIds.length > 0;
  const { routes, otherwise } = servedRoutes(name, specs);
  const document = openApi({ title: `${name} FHIR R4`, routes, otherwise, invocationUri });
  const api = new SpecRestApi(scope, 'api', {
    restApiName: name,
    apiDefinition: ApiDefinition.fromInline(document),
    endpointTypes: [isPrivate ? EndpointType.PRIVATE : EndpointType.REGIONAL],
    ...(isPrivate && { policy: privateAccess(vpcEndpointIds) }),
    cloudWatchRole: settings.gatewayLogsRole,
    ...(settings.gatewayLogsRole && { cloudWatchRoleRemovalPolicy: settings.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY }),
    disableExecuteApiEndpoint: settings.domain !== undefined,
    deployOptions: {
      stageName,
      // Metrics of the whole API come for free; those of each method would cost more than a small store does.
      metricsEnabled: false,
      // Execution logs hold paths and query strings, and with them ids and what was searched for.
      loggingLevel: MethodLoggingLevel.OFF,
      dataTraceEnabled: false,
      tracingEnabled: settings.tracing,
      throttlingRateLimit: throttle.requestsPerSecond,
      throttlingBurstLimit: throttle.burst,
      accessLogDestination: new LogGroupLogDestination(accessLog),
      accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLogFormat)),
    },
  });
  const calls = routes.map((route) => ({ ...route, path: routePath(route).replaceAll(/\{[^}]+\}/g, '*') }));
  permitCalls(scope, api, [...calls, { method: '*', path: '/*', target: otherwise }]);
  if (settings.domain !== undefined) addDomain(scope, api, settings.domain);
  return api;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode-lambda.html: a call of its own. */
function invocationUri({ functionName: name, streamed }: Target): string {
  const call = streamed ? ['2021-11-15', 'response-streaming-invocations'] : ['2015-03-31', 'invocations'];
  return `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}:lambda:path/${call[0]}/functions/${functionArn(name)}/${call[1]}`;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly target: Target;
}

/** A statement in the function's policy for each of its routes: streamed or not, the permission is that to invoke. */
function permitCalls(scope: Construct, api: SpecRestApi, calls: readonly Call[]): void {
  calls.forEach(({ method, path, target }, index) => {
    new CfnPermission(scope, `call-${index}`, {
      action: 'lambda:InvokeFunction',
      functionName: target.functionName,
      principal: 'apigateway.amazonaws.com',
      sourceArn: api.arnForExecuteApi(method, path, stageName),
    });
  });
}
