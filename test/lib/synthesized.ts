/** The templates as `npm run synth` writes them: by the real entry, in a process of its own. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleFolder } from '../../lib/kit/bundle-folder.ts';
import { functions } from '../../src/aws/functions.ts';

const root = join(__dirname, '..', '..');
const run = promisify(execFile);

/** Properties are of the template's making: who reads them knows their shape. */
// oxlint-disable-next-line typescript/no-explicit-any -- CloudFormation has a thousand shapes of properties
export type Properties = Record<string, any>;

export interface Resource {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
  readonly deletionPolicy: string | undefined;
}

export interface Stack {
  readonly name: string;
  readonly sizeBytes: number;
  readonly resources: readonly Resource[];
}

export interface Synthesized {
  readonly stacks: readonly Stack[];
  /** Of all stacks. */
  resources(type: string): readonly Resource[];
  /** From `manifest.json`: what the command line is told of each stack. */
  readonly terminationProtection: Readonly<Record<string, boolean>>;
}

/** Bundles need the definitions, which `pretest` generates. Those that are there will do: no test here runs them. */
export async function bundle(): Promise<void> {
  if (functions.every(({ name }) => existsSync(join(bundleFolder(name), 'index.mjs')))) return;
  await run(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'scripts', 'bundle-functions.ts')], { cwd: root });
}

/** @param context as with `-c key=value` on the command line */
export async function synthesize(context: Readonly<Record<string, string>> = {}): Promise<Synthesized> {
  const folder = mkdtempSync(join(tmpdir(), 'caldera-synth-'));
  try {
    // Stack traces of constructs are the most of the time that a synthesis takes.
    const env = { ...process.env, CDK_OUTDIR: folder, CDK_CONTEXT_JSON: JSON.stringify(context), CDK_DISABLE_STACK_TRACE: '1' };
    await run(process.execPath, [join(root, 'bin', 'caldera.ts')], { cwd: root, env });
    return read(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function read(folder: string): Synthesized {
  const stacks = readdirSync(folder).filter((file) => file.endsWith('.template.json')).map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const name = file.replace('.template.json', '');
    const resources = Object.entries<Properties>(JSON.parse(text).Resources).map(([id, resource]) => ({
      stack: name, id, type: resource['Type'], properties: resource['Properties'] ?? {}, deletionPolicy: resource['DeletionPolicy'],
    }));
    return { name, sizeBytes: Buffer.byteLength(text), resources };
  });
  const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  const all = stacks.flatMap(({ resources }) => resources);
  return {
    stacks,
    resources: (type) => all.filter((resource) => resource.type === type),
    terminationProtection: Object.fromEntries(stacks.map(({ name }) => [name, artifacts[name].properties.terminationProtection === true])),
  };
}

/** An expression as one text, its references in braces: enough to compare and to match. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = ['', '']] = Object.entries(value);
  if (name === 'Ref') return `{${argument}}`;
  if (name === 'Fn::Join') return (argument as [string, unknown[]])[1].map(textOf).join((argument as [string, unknown[]])[0]);
  if (name === 'Fn::GetAtt') return `{${(argument as string[]).join('.')}}`;
  return JSON.stringify(value);
}
