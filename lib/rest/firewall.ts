/**
 * A web application firewall before the interface, where the context asks for one
 * (https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html).
 *
 * Rules that look for markup and addresses in bodies and queries only count: narratives are XHTML, and identifiers and
 * codes name their systems by URL. Nothing of a request is sampled or logged: it would hold paths, queries and bodies.
 */
import type { SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import type { Settings } from '../kit/settings.ts';

/** Of the core rule set; each is what an ordinary FHIR request looks like. */
const countedOnly = [
  'SizeRestrictions_BODY',
  'SizeRestrictions_QUERYSTRING',
  'CrossSiteScripting_BODY',
  'CrossSiteScripting_QUERYARGUMENTS',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  'GenericRFI_QUERYARGUMENTS',
  'EC2MetaDataSSRF_BODY',
  'EC2MetaDataSSRF_QUERYARGUMENTS',
  // Programs call this interface, and many of them send no User-Agent.
  'NoUserAgent_HEADER',
];

const managed = (scope: string, name: string, rulesCounted: readonly string[] = []): Omit<CfnWebACL.RuleProperty, 'priority'> => ({
  name,
  overrideAction: { none: {} },
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      ruleActionOverrides: rulesCounted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
  visibilityConfig: visible(`${scope}-${name}`),
});

function visible(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}

export function firewall(scope: Construct, api: SpecRestApi, { name, firewallRequestsPerAddress }: Settings): CfnWebACL {
  const rules: readonly Omit<CfnWebACL.RuleProperty, 'priority'>[] = [
    {
      name: 'requests-per-address',
      action: { block: {} },
      statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit: firewallRequestsPerAddress } },
      visibilityConfig: visible(`${name}-requests-per-address`),
    },
    managed(name, 'AWSManagedRulesAmazonIpReputationList'),
    managed(name, 'AWSManagedRulesKnownBadInputsRuleSet'),
    managed(name, 'AWSManagedRulesCommonRuleSet', countedOnly),
  ];
  const list = new CfnWebACL(scope, 'firewall', {
    name,
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    rules: rules.map((rule, priority) => ({ ...rule, priority })),
    visibilityConfig: visible(name),
  });
  new CfnWebACLAssociation(scope, 'firewall-association', { resourceArn: api.deploymentStage.stageArn, webAclArn: list.attrArn });
  return list;
}
