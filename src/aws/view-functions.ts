/** What functions are made with that run views: those of questions in SQL, which also read what views are. */
import type { FunctionSpec, Grant } from './function-spec.ts';
import { querySettings } from './query-functions.ts';

type Settings = Pick<FunctionSpec, 'memoryMb' | 'storageMb' | 'duckdb' | 'environment' | 'grants'>;
type ViewFunction = 'run-view' | 'start-view-export' | 'view-export-status' | 'cancel-view-export' | 'exported-view';

/** A view by its id, or by its url, which is a search. */
const findView: readonly Grant[] = [
  { table: 'index', actions: ['Query'] },
  { table: 'resources', actions: ['BatchGetItem', 'GetItem'] },
  { objects: ['GetObject'], under: 'bodies/' },
  { queue: 'clean-up', actions: ['SendMessage'] },
];

/** A query that is saved lies in the table that views lie in: one grant for both. */
function finding(settings: Settings): Settings {
  const others = settings.grants.filter((grant) => !('table' in grant && grant.table === 'resources'));
  return { ...settings, environment: [...settings.environment, 'cleanUpQueueUrl'], grants: [...others, ...findView] };
}

export const viewSettings: Readonly<Record<ViewFunction, Settings>> = {
  'run-view': finding(querySettings['start-query']),
  'start-view-export': finding(querySettings['start-query']),
  'view-export-status': querySettings['cancel-query'],
  'cancel-view-export': querySettings['cancel-query'],
  'exported-view': querySettings['query-result'],
};
