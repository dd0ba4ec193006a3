/** The evaluator decides as IAM documents it: what it lets pass here must pass there, and what it refuses must be refused. */
import { describe, expect, test } from '@jest/globals';
import { decide } from './evaluate.ts';
import type { AccessRequest, Policy, Statement } from './evaluate.ts';

const role = 'arn:aws:iam::111122223333:role/read';
const table = 'arn:aws:dynamodb:eu-central-1:111122223333:table/caldera-1-resources';

function request(changes: Partial<AccessRequest> = {}): AccessRequest {
  return { action: 'dynamodb:GetItem', resource: table, context: {}, principals: [role], ...changes };
}

function policy(...Statement: Statement[]): readonly Policy[] {
  return [{ Statement }];
}

function effect(statement: Partial<Statement>, changes: Partial<AccessRequest> = {}): string {
  return decide(policy({ Effect: 'Allow', Action: '*', Resource: '*', ...statement }), request(changes)).effect;
}

describe('actions and resources', () => {
  test('nothing is allowed that no statement allows', () => {
    expect(decide([], request()).effect).toBe('nothing said');
    expect(effect({ Action: 'dynamodb:PutItem' })).toBe('nothing said');
    expect(effect({ Resource: `${table}/index/*` })).toBe('nothing said');
  });

  test('actions compare without case, resources with it', () => {
    expect(effect({ Action: 'DynamoDB:getitem' })).toBe('allow');
    expect(effect({ Resource: table.toUpperCase() })).toBe('nothing said');
  });

  test('* is any text and ? any character; what else looks like a pattern is none', () => {
    expect(effect({ Action: ['dynamodb:Get*'], Resource: 'arn:aws:dynamodb:*:*:table/caldera-?-resources' })).toBe('allow');
    expect(effect({ Resource: 'arn:aws:dynamodb:*:*:table/caldera-??-resources' })).toBe('nothing said');
    expect(effect({ Resource: table.replaceAll('-', '.') })).toBe('nothing said');
  });

  test('NotAction and NotResource are everything else', () => {
    expect(effect({ Action: undefined, NotAction: ['dynamodb:Delete*'] })).toBe('allow');
    expect(effect({ Action: undefined, NotAction: 'dynamodb:Get*' })).toBe('nothing said');
    expect(effect({ Resource: undefined, NotResource: 'arn:aws:s3:::*' })).toBe('allow');
    expect(effect({ Resource: undefined, NotResource: '*:table/*' })).toBe('nothing said');
  });

  test('a Deny wins, whatever allows', () => {
    const both = policy({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: '*', Resource: `${table}*` });
    expect(decide(both, request()).effect).toBe('deny');
    expect(decide(both, request({ resource: 'arn:aws:s3:::bucket' })).effect).toBe('allow');
  });
});

describe('conditions', () => {
  const holds = (Condition: Statement['Condition'], context: AccessRequest['context']): boolean => effect({ Condition }, { context }) === 'allow';

  test('every operator and key must hold; of several values one suffices', () => {
    const Condition = { StringEquals: { 'kms:ViaService': ['dynamodb.eu-central-1.amazonaws.com', 's3.eu-central-1.amazonaws.com'], a: 'x' } };
    expect(holds(Condition, { 'kms:viaservice': 's3.eu-central-1.amazonaws.com', a: 'x' })).toBe(true);
    expect(holds(Condition, { 'kms:ViaService': 's3.eu-central-1.amazonaws.com', a: 'y' })).toBe(false);
  });

  test('a key that the request does not have fails, but for IfExists, negations and Null', () => {
    expect(holds({ StringEquals: { a: 'x' } }, {})).toBe(false);
    expect(holds({ StringEqualsIfExists: { a: 'x' } }, {})).toBe(true);
    expect(holds({ StringEqualsIfExists: { a: 'x' } }, { a: 'y' })).toBe(false);
    expect(holds({ StringNotEquals: { a: 'x' } }, {})).toBe(true);
    expect(holds({ Null: { a: 'true' } }, {})).toBe(true);
    expect(holds({ Null: { a: 'false' } }, {})).toBe(false);
  });

  test('ForAnyValue wants one of many, ForAllValues all of them', () => {
    const any = { 'ForAnyValue:StringLike': { 'kms:ResourceAliases': 'alias/caldera-*' } };
    const all = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'Patient/*' } };
    expect(holds(any, { 'kms:ResourceAliases': ['alias/other', 'alias/caldera-1'] })).toBe(true);
    expect(holds(any, {})).toBe(false);
    expect(holds(all, { 'dynamodb:LeadingKeys': ['Patient/1', 'Patient/2'] })).toBe(true);
    expect(holds(all, { 'dynamodb:LeadingKeys': ['Patient/1', 'Observation/2'] })).toBe(false);
  });

  test('booleans, numbers, dates and ARNs compare as such', () => {
    expect(holds({ Bool: { 'aws:SecureTransport': false } }, { 'aws:SecureTransport': 'false' })).toBe(true);
    expect(holds({ NumericLessThan: { 's3:max-keys': 10 } }, { 's3:max-keys': '9' })).toBe(true);
    expect(holds({ DateGreaterThan: { 'aws:CurrentTime': '2026-01-01T00:00:00Z' } }, { 'aws:CurrentTime': '2026-11-22T00:00:00Z' })).toBe(true);
    expect(holds({ ArnLike: { 'aws:SourceArn': 'arn:aws:execute-api:*:*:abc/*' } }, { 'aws:SourceArn': 'arn:aws:execute-api:r:1:abc/prod/GET/' })).toBe(true);
  });

  test('variables stand for what the request says', () => {
    expect(effect({ Resource: 'arn:aws:s3:::b/${aws:username}/*' }, { resource: 'arn:aws:s3:::b/ana/1', context: { 'aws:username': 'ana' } })).toBe('allow');
    expect(effect({ Resource: 'arn:aws:s3:::b/${aws:username}/*' }, { resource: 'arn:aws:s3:::b/ana/1' })).toBe('nothing said');
  });

  test('an operator that is not known fails aloud', () => {
    expect(() => holds({ StringSimilar: { a: 'x' } }, {})).toThrow('StringSimilar');
  });
});

describe('principals', () => {
  const account = 'arn:aws:iam::111122223333:root';

  test('are named one by one, by account, or all', () => {
    expect(effect({ Principal: { AWS: role } })).toBe('allow');
    expect(effect({ Principal: { AWS: account } })).toBe('nothing said');
    expect(effect({ Principal: { AWS: account } }, { principals: [role, account] })).toBe('allow');
    expect(effect({ Principal: '*' })).toBe('allow');
    expect(effect({ NotPrincipal: { AWS: role } })).toBe('nothing said');
  });

  test('a service is named as such', () => {
    expect(effect({ Principal: { Service: 'apigateway.amazonaws.com' } }, { principals: [], service: 'apigateway.amazonaws.com' })).toBe('allow');
    expect(effect({ Principal: { Service: 'apigateway.amazonaws.com' } })).toBe('nothing said');
  });
});

test('what was needed of a statement is told', () => {
  const statement: Statement = { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:Query'], Resource: [table, 'arn:aws:s3:::b'] };
  expect(decide([{ Statement: statement }], request()).used).toEqual([{ statement, action: 'dynamodb:GetItem', resource: table }]);
});
