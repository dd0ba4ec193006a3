/** TagResource (https://docs.aws.amazon.com/healthlake/latest/APIReference/API_TagResource.html). A key that is there takes the new value. */
import { conflictError, validationError } from './control-error.ts';
import type { ControlDependencies, ControlOperation } from './control-operation.ts';
import { datastoreOfArn } from './datastore-arn.ts';
import { checkedTags } from './datastore-wishes.ts';
import { maxTags } from './request-shapes.ts';

export function tagResource(dependencies: ControlDependencies): ControlOperation<'TagResource'> {
  return async ({ ResourceARN, Tags }) => {
    const added = checkedTags(Tags);
    const seen = await datastoreOfArn(ResourceARN, dependencies);
    const keys = new Set(added.map(({ Key }) => Key));
    const tags = [...(seen.tags ?? []).filter(({ Key }) => !keys.has(Key)), ...added];
    if (tags.length > maxTags) throw validationError(`A data store has ${maxTags} tags at most. Take some off first (UntagResource).`);
    if (!(await dependencies.records.replace(seen, { ...seen, tags }))) throw isChanging();
    return {};
  };
}

/** Another request, or a step of the workflow, has just written the record. */
export function isChanging(): Error {
  return conflictError('The data store has just been changed by another request. Send this one again.');
}
