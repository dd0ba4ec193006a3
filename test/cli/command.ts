/** `caldera` for tests: as a process, as a person has it, and within the test, where hundreds of calls are to be cheap. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../../src/cli/run.ts';
import { terminal } from '../../src/cli/terminal.ts';

/** What `npx caldera` runs. */
export const program = join(__dirname, '../../src/cli/caldera.mjs');

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string;
  /** Whether results and errors go to a screen. */
  readonly screen?: boolean;
}

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly errors: string;
}

/** A home without profiles, and none of this machine's AWS credentials. */
const nowhere = '/nonexistent';

/** The command as a process of its own. */
export async function spawned(line: readonly string[], { env, input = '' }: Surroundings = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [program, ...line], { env: { PATH: process.env['PATH'], HOME: nowhere, ...env }, stdio: 'pipe' });
  child.stdin.on('error', () => {}).end(input);
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, out, errors };
}

class Kept extends Writable {
  readonly isTTY: boolean;
  kept = '';

  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.kept += chunk.toString('utf8');
    done();
  }
}

/** The command within this process. */
export async function caldera(line: readonly string[], { env = {}, input = '', screen = false }: Surroundings = {}): Promise<Outcome> {
  const output = new Kept(screen);
  const errors = new Kept(screen);
  const code = await run(line, terminal({ input: Readable.from([Buffer.from(input)]), output, errors, env, home: nowhere }));
  return { code, out: output.kept, errors: errors.kept };
}
