/** A piece that no worker could load, for a fault that is ours: the others of its file are told of, and so is it. */
import { FhirError } from '../../fhir/outcome.ts';
import type { ImportContext } from './import-dependencies.ts';
import type { ImportFile } from './import-job.ts';
import { partKey } from './import-objects.ts';
import { outcomes } from './outcomes.ts';

export const platformFault = 'Some or all of this file could not be imported, for a fault of the platform. Import it again: what is there just so is not written again.';
const status = 500;

/** Notes it as read by nobody. Lines behind it are numbered as if it had none. */
export async function missingPiece({ objects, notes, job }: ImportContext, { file }: Pick<ImportFile, 'file'>, piece: number): Promise<void> {
  const told = outcomes(objects, (kind, part) => partKey(job.id, { file, piece, kind, part }));
  await told.refused(new FhirError(status, [{ severity: 'error', code: 'exception', diagnostics: platformFault }]));
  await notes.notePiece(file, piece, await told.end(0));
}
