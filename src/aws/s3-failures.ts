/**
 * Which of S3's failures pass by themselves (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html), also those of the key
 * by which objects are encrypted (https://docs.aws.amazon.com/kms/latest/developerguide/throttling.html). The SDK has tried a few times
 * before an error comes here.
 */
import { ObjectsUnavailable } from '../ports/object-store.ts';
import { isAmbiguous } from './dynamo-retry.ts';

/** By their names: S3 answers some of them with 400. */
const passing = /Throttl|SlowDown|TooManyRequests|RequestTimeout|LimitExceeded|KMSInternal|DependencyTimeout/;

/** Throttled, 5xx, a time-out or a broken connection: of S3 or of KMS. */
export function isPassing(error: unknown): boolean {
  const { name, $metadata } = Object(error) as { readonly name?: string; readonly $metadata?: { readonly httpStatusCode?: number } };
  return isAmbiguous(Object(error)) || $metadata?.httpStatusCode === 429 || passing.test(name ?? '');
}

/** @returns what passes in the port's term, and any other error as it is */
export function failureOf(error: unknown): unknown {
  return isPassing(error) ? new ObjectsUnavailable((error as Error).name, { cause: error }) : error;
}

/** @throws ObjectsUnavailable where the work fails by what passes */
export async function unlessUnavailable<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw failureOf(error);
  }
}
