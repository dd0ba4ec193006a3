/** A piece that no worker could load, for a fault that is ours: the others of its file are told of, and so is it. */
import { FhirError } from '../../fhir/outcome.ts';
import type { ImportContext } from './import-dependencies.ts';
import { partKey } from './import-objects.ts';
import type { LoadedPiece } from './import-objects.ts';
import { outcomes } from './outcomes.ts';

export const platformFault = 'Some or all of this file could not be imported, for a fault of the platform. Import it again: what is there just so is not written again.';
export const tooLargeForMemory = 'Some or all of this file could not be imported, for it took more memory than there is for it. Cut its longest lines or its Bundle, and import it again: what is there just so is not written again.';
const status = 500;

/** Notes it as read by nobody. Lines behind it are numbered as if it had none. @param reason as whoever imports is told */
export async function missingPiece({ objects, notes, job }: ImportContext, { file, piece }: { readonly file: number; readonly piece: number }, reason = platformFault): Promise<LoadedPiece> {
  const told = outcomes(objects, (kind, part) => partKey(job.id, { file, piece, kind, part }));
  await told.refused(new FhirError(status, [{ severity: 'error', code: 'exception', diagnostics: reason }]));
  const loaded = await told.end(0);
  await notes.notePiece(file, piece, loaded);
  return loaded;
}
