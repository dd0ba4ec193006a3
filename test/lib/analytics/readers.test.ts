/** Who else reads lakes: off by default, one data store each, and nothing but reading. */
import { App } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { settings } from '../../../lib/kit/settings.ts';
import { ReadersStack } from '../../../lib/stacks/readers.ts';

const store = '0123456789abcdef0123456789abcdef';
const analyst = 'arn:aws:quicksight:eu-west-1:123456789012:user/default/analyst';
const context: Readonly<Record<string, string>> = {
  readers: `sagemaker:${store},redshift:${store},quicksight:${store},210987654321:${store}`, quickSightPrincipalArn: analyst,
};

interface Policy {
  readonly Properties: { readonly PolicyDocument: { readonly Statement: readonly { readonly Action: readonly string[]; readonly Resource: readonly unknown[] }[] } };
}

let template: Template;
let policies: readonly Policy[];
beforeAll(() => {
  template = Template.fromStack(new ReadersStack(new App({ analyticsReporting: false }), settings({ tryGetContext: (key: string) => context[key] })));
  policies = Object.values(template.findResources('AWS::IAM::ManagedPolicy')) as unknown as Policy[];
});

describe('A reader of a lake', () => {
  test('is a role that its service assumes for this account alone', () => {
    for (const service of ['sagemaker', 'redshift', 'quicksight', 'lakeformation']) {
      template.hasResourceProperties('AWS::IAM::Role', {
        AssumeRolePolicyDocument: { Statement: [Match.objectLike({ Principal: { Service: `${service}.amazonaws.com` }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } })] },
      });
    }
  });

  test('reads one data store: each resource that is one of data stores has its id', () => {
    const resources = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement).flatMap(({ Resource }) => Resource).map((each) => JSON.stringify(each));
    const shared = /:key\/\*|:catalog"|database\/default|-objects-[^/]*$/;
    expect(resources.filter((each) => !each.includes(store) && !shared.test(each))).toEqual([]);
  });

  test('writes nothing but the answers of its own questions, and makes nothing in the catalog', () => {
    const actions = new Set(policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement).flatMap(({ Action }) => Action));
    expect([...actions].filter((action) => /Put|Delete|Create|Update|Abort/.test(action)).toSorted()).toEqual(['s3:AbortMultipartUpload', 's3:PutObject']);
    const putting = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement).filter(({ Action }) => Action.includes('s3:PutObject'));
    for (const { Resource } of putting) expect(JSON.stringify(Resource)).toContain(`/sql/${store}/*`);
  });
});

describe('QuickSight', () => {
  test('has a data set that asks the data store\'s workgroup each time', () => {
    template.hasResourceProperties('AWS::QuickSight::DataSource', { DataSourceParameters: { AthenaParameters: { WorkGroup: `caldera-${store}`, RoleArn: Match.anyValue() } } });
    template.hasResourceProperties('AWS::QuickSight::DataSet', { ImportMode: 'DIRECT_QUERY', Permissions: [Match.objectLike({ Principal: analyst })] });
  });
});

describe('Another account', () => {
  test('is given the database and its tables to read by Lake Formation, beside those whom IAM lets in', () => {
    template.hasResourceProperties('AWS::LakeFormation::Resource', { HybridAccessEnabled: true });
    template.hasResourceProperties('AWS::LakeFormation::PrincipalPermissions', {
      Principal: { DataLakePrincipalIdentifier: '210987654321' }, Permissions: ['SELECT', 'DESCRIBE'],
      Resource: { Table: { DatabaseName: `caldera_${store}`, TableWildcard: {} } },
    });
  });
});
