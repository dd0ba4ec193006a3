/** Runs the walk with boto3, from the Python that scripts/wire-engines.mjs installs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Boto3Options {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** In place of HealthLake's own. */
  readonly signingName?: string;
  /** Whether data stores can be restored here. */
  readonly restores: boolean;
  /** Where exports may write, as `s3://bucket/folder`. */
  readonly place: string;
}

/** @returns what it complained of; nothing when all was as it should be */
export async function boto3Walk({ endpoint, region, accessKeyId, secretAccessKey, signingName = '', restores, place }: Boto3Options): Promise<string> {
  const python = process.env['CALDERA_PYTHON'];
  if (python === undefined) throw new Error('CALDERA_PYTHON names no Python with boto3: npm run test:wire and test:deployment set it.');
  const child = spawn(python, [join(__dirname, 'boto3_walk.py')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env, CALDERA_ENDPOINT: endpoint, CALDERA_REGION: region, CALDERA_KEY: accessKeyId, CALDERA_SECRET: secretAccessKey,
      CALDERA_SIGNING_NAME: signingName, CALDERA_RESTORES: restores ? '1' : '', CALDERA_PLACE: place,
    },
  });
  const words: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => words.push(text));
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0 ? words.join('') : `boto3_walk.py ended with ${code}.\n${words.join('')}`;
}
