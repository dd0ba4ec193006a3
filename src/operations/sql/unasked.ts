/** What the operations of SQL say where there is no engine that could be asked. */
import { notSupported } from '../../fhir/outcome.ts';
import type { Operation } from '../operation.ts';
import type { SqlOperations } from '../rest.ts';

export const unasked: Operation = async () => {
  throw notSupported('Questions in SQL are not answered here: this runtime has no engine for them (docs/sql.md).');
};

export const unaskedSql: SqlOperations = {
  'start-query': unasked, 'query-result': unasked, 'cancel-query': unasked,
  'saved-queries': unasked, 'save-query': unasked, 'remove-query': unasked,
  'run-view': unasked, 'start-view-export': unasked, 'view-export-status': unasked, 'cancel-view-export': unasked,
  'exported-view': unasked,
};
