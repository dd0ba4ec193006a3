/** The operations of `$import`, made for one data store. */
import { cancelImport } from '../cancel-import.ts';
import type { CancelImportDependencies } from '../cancel-import.ts';
import { importStatus } from '../import-status.ts';
import type { ImportStatusDependencies } from '../import-status.ts';
import type { ImportOperations } from '../rest.ts';
import { startImportOperation } from '../start-import.ts';
import type { StartImportOperationDependencies } from '../start-import.ts';

export function importOperations(dependencies: StartImportOperationDependencies & ImportStatusDependencies & CancelImportDependencies): ImportOperations {
  return {
    'start-import': startImportOperation(dependencies),
    'import-status': importStatus(dependencies),
    'cancel-import': cancelImport(dependencies),
  };
}
