/**
 * Makes one file of each function's code, all by one call of esbuild: `.cache/functions/{name}/index.mjs`, which is what
 * is deployed. Source maps lie beside, in `.cache/function-maps`, for whoever reads a place in a fault's report.
 *
 *   node scripts/bundle-functions.ts
 */
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Metafile } from 'esbuild';
import { functions } from '../src/aws/functions.ts';
import type { FunctionSpec } from '../src/aws/functions.ts';

const root = join(import.meta.dirname, '..');
/** Relative to the root, as esbuild names its outputs. */
const bundles = '.cache/functions';
const maps = '.cache/function-maps';

/** Lambda's unpacked limit is 250 MB; a cold start reads and compiles every byte, so the bound is far below. */
export const maxBundleBytes = 1024 * 1024;

/** Packages that are not ES modules ask for `require` and find none in an ES module. */
const banner = "import { createRequire as caldera } from 'node:module'; const require = caldera(import.meta.url);";

/**
 * Ways to come by credentials that the SDK tries after the environment, which is where Lambda puts them
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html). They are imported when tried, so never.
 */
const neverTried = ['ini', 'sso', 'process', 'web-identity', 'http'].map((source) => `@aws-sdk/credential-provider-${source}`);

export interface BundledFunction {
  readonly name: string;
  /** What `import` takes. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Bytes that each file contributes, by its path from the root. */
  readonly inputs: Readonly<Record<string, number>>;
}

export async function bundleFunctions(specs: readonly Pick<FunctionSpec, 'name' | 'entry'>[] = functions): Promise<readonly BundledFunction[]> {
  await rm(join(root, bundles), { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(specs.map(({ name, entry }) => [`${name}/index`, entry])),
    outdir: bundles,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    external: [...neverTried, '@smithy/credential-provider-imds'],
    banner: { js: banner },
    metafile: true,
    logLevel: 'warning',
  });
  await mkdir(join(root, maps), { recursive: true });
  for (const { name } of specs) await rename(join(root, bundles, name, 'index.mjs.map'), join(root, maps, `${name}.mjs.map`));
  return specs.map(({ name }) => bundled(name, metafile));
}

function bundled(name: string, { outputs }: Metafile): BundledFunction {
  const path = `${bundles}/${name}/index.mjs`;
  const { bytes, inputs } = outputs[path]!;
  const contributions = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    name,
    file: join(root, path),
    sizeBytes: bytes,
    inputs: Object.fromEntries(contributions.map(([input, { bytesInOutput }]) => [input, bytesInOutput])),
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const { name, sizeBytes } of await bundleFunctions()) console.log(`${name.padEnd(24)} ${Math.ceil(sizeBytes / 1024)} kB`);
}
