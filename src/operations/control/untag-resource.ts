/** UntagResource (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_UntagResource.html). Keys that are not there are passed over. */
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { datastoreOfArn } from './datastore-arn.ts';
import { isChanging } from './tag-resource.ts';

export function untagResource(dependencies: ControlDependencies): ControlOperation<'UntagResource'> {
  return async ({ ResourceARN, TagKeys }) => {
    const seen = await datastoreOfArn(ResourceARN, dependencies);
    const tags = (seen.tags ?? []).filter(({ Key }) => !TagKeys.includes(Key));
    if (!(await dependencies.records.replace(seen, { ...seen, tags }))) throw isChanging();
    return {};
  };
}
