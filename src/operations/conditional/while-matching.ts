/** Writes to what criteria found, as long as it is what they found. */
import { conflict, FhirError, preconditionFailed } from '../../fhir/outcome.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ResourceVersion } from '../../store/data-store.ts';
import type { OperationRequest } from '../operation.ts';
import { parseIfMatch } from '../preconditions.ts';

/** As many writers may come under equal criteria at the same time: each round, one of them is done. */
export const maxConditionalAttempts = 40;
/** After each attempt the pause is longer by this. */
const pauseMs = 1;

/** Thrown by an attempt whose match is no longer what was found. */
export class MatchChanged extends Error {
  override readonly name = 'MatchChanged';
}

/**
 * Runs an attempt, from its search on, until it meets nobody.
 *
 * @throws FhirError 409 when others came first every time
 */
export async function whileMatching<Result>(clock: Pick<Clock, 'sleep'>, attempt: () => Promise<Result>): Promise<Result> {
  for (let number = 1; number <= maxConditionalAttempts; number += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof MatchChanged)) throw error;
      await clock.sleep(number * pauseMs);
    }
  }
  throw conflict('Others are writing what the criteria find at this moment. Nothing was changed; send the request again.');
}

/** A write under the version that was found: that another came first is no answer to a client who named no version. */
export async function underFoundVersion<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof FhirError && error.status === 412) throw new MatchChanged();
    throw error;
  }
}

/** Holds `If-Match` against what the criteria found. @throws FhirError 412 when it does not hold */
export function requireIfMatch({ headers }: Pick<OperationRequest, 'headers'>, found: ResourceVersion | undefined): void {
  const ifMatch = parseIfMatch(headers['if-match']);
  if (ifMatch === undefined || (found !== undefined && (ifMatch === '*' || ifMatch === found.versionId))) return;
  throw preconditionFailed(
    found === undefined
      ? 'If-Match was sent, but no resource satisfies the criteria.'
      : `If-Match does not name the version that the criteria find, which is ${found.versionId}. Read it again and repeat the change on it.`,
  );
}
