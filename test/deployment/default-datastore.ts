/**
 * The data store that a deployment begins with, made as CloudFormation has it made: the custom resource's function is
 * called until it says that it is complete, as CDK's provider framework calls it
 * (https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#provider-framework).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Deployed } from './deployed.ts';
import type { Resource } from './template/assembly.ts';

/** Far more looks than a store takes here. */
const maxLooks = 400;
/** A look is a call of a function, and a store takes a second or more. */
const lookPauseMs = 100;

interface Answer {
  readonly PhysicalResourceId: string;
  readonly IsComplete?: boolean;
  readonly Data?: Readonly<Record<string, string>>;
}

export function datastoreResource({ assembly }: Deployed): Resource {
  const [resource, ...others] = assembly.resources('Custom::CalderaDatastore');
  if (resource === undefined || others.length > 0) throw new Error('The templates have one default data store.');
  return resource;
}

/** @returns the id of the data store */
export async function settleDatastore(deployed: Deployed, RequestType: 'Create' | 'Update' | 'Delete', properties: object = {}): Promise<string> {
  const resource = datastoreResource(deployed);
  const { ServiceToken, ...own } = resource.properties as { ServiceToken: string };
  const framework = deployed.assembly.resource('AWS::Lambda::Function', ServiceToken.split(':').at(-1)!);
  const variables = framework.properties['Environment'].Variables as Readonly<Record<string, string>>;
  const role = deployed.roleOf(framework.name);
  const call = async (variable: string, event: object): Promise<Answer> => {
    const functionArn = variables[variable]!;
    const { allowed, reason } = deployed.authority.authorize({ caller: role, action: 'lambda:InvokeFunction', resource: functionArn });
    if (!allowed) throw new Error(reason);
    try {
      return JSON.parse((await deployed.invoke(functionArn.split(':')[6]!, event)).bytes.toString()) as Answer;
    } catch (error) {
      const reasons = [...new Set([...deployed.endpoint.denials, ...deployed.endpoint.faults.map(String)])].join('; ');
      throw new Error(`${(error as Error).message} ${reasons}`, { cause: error });
    }
  };
  const { account, region } = deployed.assembly.place;
  const event = {
    RequestType, RequestId: randomUUID(), StackId: `arn:aws:cloudformation:${region}:${account}:stack/${resource.stack}/guid`,
    ResourceProperties: { ...own, ...properties },
  };
  const begun = await call('USER_ON_EVENT_FUNCTION_ARN', event);
  for (let looks = 0; looks < maxLooks; looks++) {
    const { IsComplete, Data } = await call('USER_IS_COMPLETE_FUNCTION_ARN', { ...event, ...begun });
    if (IsComplete === true) return Data?.['DatastoreId'] ?? begun.PhysicalResourceId;
    await pause(lookPauseMs);
  }
  throw new Error(`The data store is not complete after ${maxLooks} looks.`);
}
