/** ListTagsForResource (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_ListTagsForResource.html). */
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { datastoreOfArn } from './datastore-arn.ts';

export function listTagsForResource(dependencies: ControlDependencies): ControlOperation<'ListTagsForResource'> {
  return async ({ ResourceARN }) => ({ Tags: (await datastoreOfArn(ResourceARN, dependencies)).tags ?? [] });
}
