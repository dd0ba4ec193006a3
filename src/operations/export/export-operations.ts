/** The operations of `$export`, made for one data store. */
import { cancelExport } from '../cancel-export.ts';
import type { CancelExportDependencies } from '../cancel-export.ts';
import { exportStatus } from '../export-status.ts';
import { exportedFile } from '../exported-file.ts';
import type { ExportedFileDependencies } from '../exported-file.ts';
import type { ExportOperations } from '../rest.ts';
import { startExport } from '../start-export.ts';
import type { StartExportDependencies } from '../start-export.ts';

export function exportOperations(dependencies: StartExportDependencies & CancelExportDependencies & ExportedFileDependencies): ExportOperations {
  return {
    'start-export': startExport(dependencies),
    'export-status': exportStatus(dependencies),
    'cancel-export': cancelExport(dependencies),
    'exported-file': exportedFile(dependencies),
  };
}
