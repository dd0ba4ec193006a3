/** The tagging API, for keys (https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html). */
import { jsonAnswer, jsonCall, jsonError, unknownOperation } from './service.ts';
import type { Service } from './service.ts';
import type { World } from './world.ts';

interface Filter {
  readonly Key: string;
  readonly Values?: readonly string[];
}

export function tagging({ keys }: World): Service {
  return {
    accesses: (request) => [{ action: `tag:${jsonCall(request).operation}`, resource: '*' }],
    async answer(request) {
      const { operation, input } = jsonCall(request);
      if (operation !== 'GetResources') throw unknownOperation('tag', operation);
      const filters = (input.TagFilters ?? []) as readonly Filter[];
      const found = keys.all().filter(({ tags }) => filters.every(({ Key, Values = [] }) =>
        tags[Key] !== undefined && (Values.length === 0 || Values.includes(tags[Key]))));
      const described = found.map(({ arn, tags }) => ({ ResourceARN: arn, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }));
      return jsonAnswer({ PaginationToken: '', ResourceTagMappingList: described });
    },
    denied: (reason) => jsonError('AccessDeniedException', reason),
  };
}
