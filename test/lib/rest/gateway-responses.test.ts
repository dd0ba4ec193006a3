/** What the gateway answers by itself reads like what the server answers (https://hl7.org/fhir/R4/operationoutcome.html). */
import { expect, test } from '@jest/globals';
import { gatewayResponses } from '../../../lib/rest/gateway-responses.ts';

const all = Object.entries(gatewayResponses);

test.each(all)('%s is an OperationOutcome that says what to do, and quotes nothing of the request', (_type, { responseParameters, responseTemplates }) => {
  expect(responseParameters['gatewayresponse.header.Content-Type']).toBe("'application/fhir+json; charset=utf-8'");
  const { resourceType, issue } = JSON.parse(responseTemplates['application/json']!);
  expect(resourceType).toBe('OperationOutcome');
  expect(issue).toEqual([{ severity: 'error', code: expect.any(String), diagnostics: expect.stringMatching(/ Request \$context\.requestId\.$/) }]);
  expect(issue[0].diagnostics.match(/\$[a-zA-Z.]+/g)).toEqual(['$context.requestId.']);
});

test('a request without a signature is 401, one that comes too fast 429 with Retry-After', () => {
  expect(gatewayResponses['MISSING_AUTHENTICATION_TOKEN']!.statusCode).toBe('401');
  expect(gatewayResponses['THROTTLED']).toMatchObject({
    statusCode: '429',
    responseParameters: { 'gatewayresponse.header.Retry-After': "'1'" },
  });
});

test('what is not named has an answer by its class', () => {
  expect(Object.keys(gatewayResponses)).toEqual(expect.arrayContaining(['DEFAULT_4XX', 'DEFAULT_5XX']));
});
