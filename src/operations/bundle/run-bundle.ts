/** Processes a batch or transaction to its end, at once or as a job (https://hl7.org/fhir/R4/http.html#transaction). */
import type { BundleContext } from './bundle-context.ts';
import { runBatch } from './run-batch.ts';
import { runTransaction } from './run-transaction.ts';
import type { SubmittedBundle } from './submitted-bundle.ts';

/**
 * @returns the text of the response Bundle
 * @throws FhirError when a transaction is refused
 */
export function runBundle(submitted: SubmittedBundle, context: BundleContext): Promise<string> {
  return submitted.type === 'transaction' ? runTransaction(submitted.bundle, context) : runBatch(submitted, context);
}
