/** Expressions resolve to what CloudFormation would make of them. */
import { describe, expect, test } from '@jest/globals';
import { assemble } from './assembly.ts';
import type { Template } from './assembly.ts';
import type { Json } from './resolve.ts';

const place = { account: '111122223333', region: 'eu-central-1' };

/** One value in the properties of one resource, resolved. */
function resolved(Value: Json, more: Template = {}): unknown {
  const stack: Template = { ...more, Resources: { ...more.Resources, Probe: { Type: 'Test::Probe', Properties: { Value } } } };
  return assemble({ stack }, place).resources('Test::Probe')[0]!.properties['Value'];
}

const table: Template = { Resources: { Control: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { 'Fn::Sub': 'caldera-control' } } } } };

describe('an expression', () => {
  test('Ref gives the physical name, a parameter\'s default, or the place', () => {
    expect(resolved({ Ref: 'Control' }, table)).toBe('caldera-control');
    expect(resolved({ Ref: 'Size' }, { Parameters: { Size: { Default: 3 } } })).toBe(3);
    expect(resolved({ Ref: 'AWS::Region' })).toBe('eu-central-1');
  });

  test('Ref of a queue is its URL, of a state machine its ARN', () => {
    const Resources = {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } },
      Machine: { Type: 'AWS::StepFunctions::StateMachine', Properties: { StateMachineName: 'm' } },
    };
    expect(resolved({ Ref: 'Queue' }, { Resources })).toBe('https://sqs.eu-central-1.amazonaws.com/111122223333/q');
    expect(resolved({ Ref: 'Machine' }, { Resources })).toBe('arn:aws:states:eu-central-1:111122223333:stateMachine:m');
  });

  test('GetAtt gives attributes, and fails with the name of one that nobody knows', () => {
    expect(resolved({ 'Fn::GetAtt': ['Control', 'Arn'] }, table)).toBe('arn:aws:dynamodb:eu-central-1:111122223333:table/caldera-control');
    expect(resolved({ 'Fn::GetAtt': 'Control.Arn' }, table)).toBe('arn:aws:dynamodb:eu-central-1:111122223333:table/caldera-control');
    expect(() => resolved({ 'Fn::GetAtt': ['Control', 'Colour'] }, table)).toThrow('Control.Colour');
    expect(() => resolved({ Ref: 'Nothing' })).toThrow('Nothing');
  });

  test('Join, Sub, Select, Split and Base64 compose', () => {
    const whole: Json = { 'Fn::Join': [':', ['arn', { Ref: 'AWS::Partition' }, { 'Fn::Sub': ['${AWS::Region}/${Own}/${!Kept}', { Own: 'x' }] }]] };
    expect(resolved(whole)).toBe('arn:aws:eu-central-1/x/${Kept}');
    expect(resolved({ 'Fn::Select': [1, { 'Fn::Split': [':', whole] }] })).toBe('aws');
    expect(resolved({ 'Fn::Base64': 'é' })).toBe('w6k=');
  });

  test('If, Equals, And, Or, Not decide; NoValue leaves out', () => {
    const Conditions = {
      Here: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-central-1'] },
      Away: { 'Fn::Not': [{ Condition: 'Here' }] },
      Any: { 'Fn::Or': [{ Condition: 'Here' }, { Condition: 'Away' }] },
      Both: { 'Fn::And': [{ Condition: 'Here' }, { Condition: 'Away' }] },
    };
    const value = { 'Fn::If': ['Any', { a: { 'Fn::If': ['Both', 1, { Ref: 'AWS::NoValue' }] }, b: [{ Ref: 'AWS::NoValue' }, 2] }, 'no'] };
    expect(resolved(value, { Conditions })).toEqual({ b: [2] });
  });

  test('FindInMap reads a mapping', () => {
    expect(resolved({ 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'k'] }, { Mappings: { M: { 'eu-central-1': { k: 'v' } } } })).toBe('v');
  });

  test('a Condition block of a policy statement is no function', () => {
    const statement = { Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } };
    expect(resolved(statement)).toEqual({ Condition: { StringEquals: { 'aws:SourceAccount': '111122223333' } } });
  });

  test('a function that is not known fails', () => {
    expect(() => resolved({ 'Fn::Transform': {} })).toThrow('Fn::Transform');
  });
});

test('stacks import what others export', () => {
  const base: Template = { ...table, Outputs: { Out: { Value: { 'Fn::GetAtt': ['Control', 'Arn'] }, Export: { Name: 'base:Control' } } } };
  const rest: Template = { Resources: { Probe: { Type: 'Test::Probe', Properties: { Value: { 'Fn::ImportValue': 'base:Control' } } } } };
  const assembly = assemble({ rest, base }, place);
  expect(assembly.resources('Test::Probe')[0]!.properties['Value']).toBe('arn:aws:dynamodb:eu-central-1:111122223333:table/caldera-control');
  expect(assembly.resource('AWS::DynamoDB::Table', 'caldera-control').stack).toBe('base');
});

test('resources whose condition does not hold are not there', () => {
  const stack: Template = {
    Conditions: { Never: { 'Fn::Equals': [1, 2] } },
    Resources: { Gone: { Type: 'Test::Probe', Condition: 'Never' } },
  };
  expect(assemble({ stack }, place).resources()).toEqual([]);
});
