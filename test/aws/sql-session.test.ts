/** What the session may that asks Athena a data store's questions. */
import { describe, expect, test } from '@jest/globals';
import { maxSessionPolicyLength, sessionPolicy, sqlSession } from '../../src/aws/sql-session.ts';

const datastoreId = '0123456789abcdef0123456789abcdef';
const place = { deployment: 'cal-dera', datastoreId, bucket: 'cal-dera-objects-123456789012-eu-west-1', roleArn: 'arn:aws:iam::123456789012:role/cal-dera-query-eu-west-1', region: 'eu-west-1' };

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: object;
}

const statementsOf = (): readonly Statement[] => (JSON.parse(sessionPolicy(place)) as { Statement: readonly Statement[] }).Statement;

describe('the policy of a session', () => {
  test('names the store in every resource that is not shared by all stores, and makes nothing', () => {
    const shared = [/:catalog$/, /:database\/default$/, /^arn:aws:s3:::[^/]+$/];
    const ofStores = { StringEquals: { 'aws:ResourceTag/caldera:datastore': [datastoreId, 'customer-managed'] } };
    for (const { Action, Resource, Condition } of statementsOf()) {
      const others = [Resource].flat().filter((resource) => !resource.includes(datastoreId) && !shared.some((pattern) => pattern.test(resource)));
      expect(others).toEqual(JSON.stringify(Condition) === JSON.stringify(ofStores) ? ['*'] : []);
      expect(Action.filter((action) => /:(?:Create|Delete|Update|Put(?!Object))/.test(action))).toEqual([]);
    }
  });

  test('lets objects be written below the answers alone', () => {
    const writing = statementsOf().filter(({ Action }) => Action.includes('s3:PutObject'));
    expect(writing.map(({ Resource }) => Resource)).toEqual([`arn:aws:s3:::${place.bucket}/sql/${datastoreId}/*`]);
  });

  test('is as short as STS takes it, whatever the names', () => {
    const longest = { ...place, deployment: 'a'.repeat(20), region: 'ap-southeast-2', bucket: 'a'.repeat(63), roleArn: place.roleArn.replace('arn:aws:', 'arn:aws-us-gov:') };
    expect(sessionPolicy(longest).length).toBeLessThanOrEqual(maxSessionPolicyLength);
  });
});

describe('a session', () => {
  const clock = { time: 1_000_000, now: () => clock.time };
  const asked: { readonly RoleSessionName?: string }[] = [];
  const answer = async ({ input }: { input: object }): Promise<object> => {
    asked.push(input);
    return { Credentials: { AccessKeyId: `key ${asked.length}`, SecretAccessKey: 's', SessionToken: 't', Expiration: new Date(clock.time + 3_600_000) } };
  };
  const client = { send: answer as never };

  test('is begun once for questions at a time, and anew before it ends', async () => {
    const credentials = sqlSession({ ...place, client, clock });
    expect((await Promise.all([credentials(), credentials()])).map(({ accessKeyId }) => accessKeyId)).toEqual(['key 1', 'key 1']);
    expect(asked[0]).toMatchObject({ RoleArn: place.roleArn, RoleSessionName: datastoreId, Policy: sessionPolicy(place) });
    clock.time += 49 * 60_000;
    expect((await credentials()).accessKeyId).toBe('key 1');
    clock.time += 60_000;
    expect((await credentials()).accessKeyId).toBe('key 2');
  });

  test('that could not be begun is begun anew by the next question', async () => {
    let refusals = 1;
    const refusing = { send: (async (command: { input: object }) => (refusals-- > 0 ? Promise.reject(new Error('Slow down.')) : answer(command))) as never };
    const credentials = sqlSession({ ...place, client: refusing, clock });
    await expect(credentials()).rejects.toThrow('Slow down.');
    expect((await credentials()).accessKeyId).toMatch('key');
  });
});
