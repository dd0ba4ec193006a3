/** The templates as `npm run synth` writes them: by the real entry, in a process of its own, over the bundles that it has made. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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

/** What `npm run test:deployment` has synthesized just now, with all settings as they are by default. */
export function synthesizedByDefault(): Synthesized {
  return read(join(root, 'cdk.out'));
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
