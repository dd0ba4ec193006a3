/** The operations on notes, made for one data store. */
import { cancelEnrich } from '../cancel-enrich.ts';
import { deIdentify } from '../de-identify.ts';
import type { DeIdentifyDependencies } from '../de-identify.ts';
import { enrichStatus } from '../enrich-status.ts';
import type { NoteOperations } from '../rest.ts';
import { startEnrich } from '../start-enrich.ts';
import type { StartEnrichDependencies } from '../start-enrich.ts';

export type NoteOperationsDependencies = StartEnrichDependencies & DeIdentifyDependencies;

export function noteOperations(dependencies: NoteOperationsDependencies): NoteOperations {
  return {
    'start-enrich': startEnrich(dependencies),
    'enrich-status': enrichStatus(dependencies),
    'cancel-enrich': cancelEnrich(dependencies),
    'de-identify': deIdentify(dependencies),
  };
}
