/**
 * What is written down of every request: who called which operation when, and how it went
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html).
 *
 * No path and no query: they hold ids and what was searched for. The resource's template tells the operation.
 */
export const accessLogFormat = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  caller: '$context.identity.userArn',
  sourceIp: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  operation: '$context.resourcePath',
  status: '$context.status',
  refusal: '$context.error.responseType',
  responseBytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  functionLatencyMs: '$context.integrationLatency',
  functionRequestId: '$context.integration.requestId',
  firewall: '$context.wafResponseCode',
} as const;
