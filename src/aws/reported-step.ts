/**
 * What every step of a workflow on a data store has in common. Lambda writes the words of what a function throws into its log, and Step
 * Functions into the history of the run: so words that we did not write, which may quote a resource, end here.
 */
import { FhirError } from '../fhir/outcome.ts';
import { logError } from './fault-log.ts';

/** A step failed at something that may pass. The log has its class and its place. */
export class StepFaulted extends Error {
  override readonly name = 'StepFaulted';

  constructor() {
    super('The step could not be done. The log of its function has the class of the fault and its place.');
  }
}

/**
 * Does a step, and reports what it failed at.
 *
 * @param unless what is answered where the data store is gone, and with it what was to be done
 * @throws StepFaulted in place of any other error
 */
export async function reportedStep<Result>(unless: Result, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof FhirError && error.status === 404) return unless;
    logError(error);
    throw new StepFaulted();
  }
}
