/** The FHIR interface: the API and a function for each operation. */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { functions } from '../../src/aws/functions.ts';
import { queryRole } from '../analytics/query-role.ts';
import { acknowledgeFunctions, acknowledgeRest } from '../checks/acknowledged.ts';
import { lambdaFunction } from '../kit/lambda-function.ts';
import type { Settings } from '../kit/settings.ts';
import { firewall } from '../rest/firewall.ts';
import { restAlarms } from '../rest/rest-alarms.ts';
import { restApi } from '../rest/rest-api.ts';
import type { BaseStack } from './base.ts';

/** Those that the gateway calls. */
export const restFunctions = functions.filter(({ routes }) => routes.length > 0);

export class RestStack extends Stack {
  constructor(scope: Construct, settings: Settings, { key, accessLog, alarms }: BaseStack) {
    super(scope, 'rest', { stackName: `${settings.name}-rest`, description: 'Caldera: the FHIR interface' });
    const made = restFunctions.map((spec) => lambdaFunction(this, spec, { settings, key }));
    const asking = restFunctions.flatMap(({ grants }, index) => (grants.some((grant) => 'questions' in grant) ? [made[index]!.role!.roleArn] : []));
    queryRole(this, settings.name, asking);
    const api = restApi(this, restFunctions, { settings, accessLog });
    // Permissions name functions, not constructs: the gateway is ready when all of them are.
    api.node.addDependency(...made);
    if (settings.firewall) firewall(this, api, settings);
    restAlarms(this, { settings, topic: alarms, apiName: settings.name });
    const host = settings.domain === undefined ? api.url : `https://${settings.domain.name}/`;
    new CfnOutput(this, 'Endpoint', { value: host, description: 'Data stores lie under it: {Endpoint}datastore/{datastoreId}/r4' });
    acknowledgeFunctions(this);
    acknowledgeRest(this);
  }
}
