/** What an operator may choose: docs/deploy.md has the table. */
import { describe, expect, test } from '@jest/globals';
import { settings } from '../../../lib/kit/settings.ts';

const chosen = (context: Readonly<Record<string, unknown>> = {}) => settings({ tryGetContext: (key: string) => context[key] });

describe('a deployment that chooses nothing', () => {
  test('keeps data, and switches nothing on', () => {
    expect(chosen()).toEqual({
      name: 'caldera', retain: true, logRetentionDays: 90, accessLogRetentionDays: 365,
      throttle: { requestsPerSecond: 5000, burst: 2500 }, warmThroughput: undefined, throughputLimit: {}, omitIndex: undefined, tracing: false, metrics: false, firewall: false, firewallRequestsPerAddress: 30_000,
      vpcEndpointIds: [], domain: undefined, alarmEmail: undefined, eventBusName: 'default', jobBuckets: [], jobKeyArns: [], readers: [], quickSightPrincipalArn: undefined, comprehendMedicalRegion: undefined, gatewayLogsRole: true,
    });
  });
});

describe('a value', () => {
  test('is text on the command line, and may be a number or a boolean in cdk.json', () => {
    const [typed, written] = [chosen({ retain: false, requestsPerSecond: 100 }), chosen({ retain: 'false', requestsPerSecond: '100' })];
    expect(typed).toEqual(written);
    expect(typed).toMatchObject({ retain: false, throttle: { requestsPerSecond: 100 } });
  });

  test.each([
    ['name', 'Caldera'], ['name', 'a-name-of-twenty-one-s'], ['name', 'ends-'],
    ['retain', 'no'], ['tracing', '1'],
    ['requestsPerSecond', '0'], ['burst', 'many'],
    ['warmReadUnits', '4000'], ['warmWriteUnits', '4000'],
    ['maxReadUnits', '0'], ['maxWriteUnits', '-1'],
    ['comprehendMedicalRegion', 'Ireland'], ['jobBuckets', 'Lake'], ['jobKeyArns', 'alias/lake'],
    ['readers', 'athena:00000000000000000000000000000001'], ['readers', 'redshift'], ['quickSightPrincipalArn', 'analyst'],
    ['omitIndex', 'Observation.colour'], ['omitIndex', 'value-string'], ['omitIndex', 'Observation.code'], ['omitIndex', 'Patient._id'],
    ['logRetentionDays', '91'], ['accessLogRetentionDays', '9999'],
    ['vpcEndpointIds', 'vpc-1'],
    ['domainName', 'fhir.example.org'], ['certificateArn', 'arn:aws:acm:eu-west-1:123456789012:certificate/1'],
  ])('of %s that cannot be used stops the synthesis and is named: %s', (key, value) => {
    expect(() => chosen({ [key]: value })).toThrow(key);
  });

  test('of omitIndex is a list, which names each parameter once and says what to name in place of another', () => {
    const list = 'Observation.value-string, Claim.priority,Observation.value-string';
    expect(chosen({ omitIndex: list }).omitIndex).toEqual(['Claim.priority', 'Observation.value-string']);
    expect(() => chosen({ omitIndex: 'Observation.code' })).toThrow('Observation.combo-code, which may be omitted');
  });

  test('of readers names a service or an account and a data store, and QuickSight\'s needs somebody to have the data set', () => {
    const store = '0123456789abcdef0123456789abcdef';
    expect(chosen({ readers: `sagemaker:${store},123456789012:${store}` }).readers)
      .toEqual([{ kind: 'sagemaker', datastoreId: store }, { kind: { accountId: '123456789012' }, datastoreId: store }]);
    expect(() => chosen({ readers: `quicksight:${store}` })).toThrow('quickSightPrincipalArn');
  });

  test('of the longest name leaves room for account and region in the bucket\'s', () => {
    const { name } = chosen({ name: 'a'.repeat(20) });
    expect(`${name}-objects-123456789012-ap-southeast-1`.length).toBeLessThanOrEqual(63);
  });

  test('of a domain and of private endpoints exclude each other', () => {
    const both = { domainName: 'fhir.example.org', certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/1', vpcEndpointIds: 'vpce-1' };
    expect(() => chosen(both)).toThrow('vpcEndpointIds');
  });
});
