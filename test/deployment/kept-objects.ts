/** What lies in the deployment's buckets, asked of the engine itself. */
import type { Deployed } from './deployed.ts';
import { bucketCall } from './engines.ts';

type Purpose = 'objects' | 'jobs';

/** The name of the bucket for a purpose, as deployed. */
export function bucketOf({ assembly }: Pick<Deployed, 'assembly'>, purpose: Purpose = 'objects'): string {
  return assembly.resources('AWS::S3::Bucket').find(({ name }) => name.includes(`-${purpose}-`))!.name;
}

/** Keys of a bucket, a thousand at the most. */
export async function keysUnder(deployed: Pick<Deployed, 'assembly' | 'engines'>, prefix: string, purpose?: Purpose): Promise<readonly string[]> {
  const listed = await bucketCall(deployed.engines.moto, 'GET', `/${bucketOf(deployed, purpose)}?list-type=2&prefix=${prefix}`);
  return [...listed.matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key]) => key!);
}
