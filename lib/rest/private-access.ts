/**
 * The policy of an interface that is reached through interface endpoints alone
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html).
 *
 * A policy that allowed everyone would let any signed caller in: within an account, the gateway asks for either its
 * policy or the caller's. Allowing the account leaves it to the callers' own policies.
 */
import { AccountRootPrincipal, AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';

const invoke = { actions: ['execute-api:Invoke'], resources: ['execute-api:/*'] };

export function privateAccess(vpcEndpointIds: readonly string[]): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({ ...invoke, effect: Effect.ALLOW, principals: [new AccountRootPrincipal()] }),
      new PolicyStatement({
        ...invoke,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        conditions: { StringNotEquals: { 'aws:SourceVpce': [...vpcEndpointIds] } },
      }),
    ],
  });
}
