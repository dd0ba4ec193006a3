/**
 * Makes one file of each function's code, all by one call of esbuild: `.cache/functions/{name}/index.mjs`, which is what
 * is deployed. Source maps lie beside, in `.cache/functions-maps`, for whoever reads a place in a fault's report.
 *
 *   node scripts/bundle-functions.ts
 */
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Metafile, Plugin } from 'esbuild';
import { functions } from '../src/aws/functions.ts';
import type { FunctionSpec } from '../src/aws/functions.ts';
import { makeDuckdbLayer } from './duckdb-layer.ts';

const root = join(import.meta.dirname, '..');
/** What is deployed lies here. */
export const deployedBundles = join(root, '.cache/functions');
const mapsBeside = '-maps';

/** Lambda's unpacked limit is 250 MB; a cold start reads and compiles every byte, so the bound is far below. */
export const maxBundleBytes = 1_000_000;

/** Packages that are not ES modules ask for `require` and find none in an ES module. */
const banner = "import { createRequire as caldera } from 'node:module'; const require = caldera(import.meta.url);";

/**
 * Ways to come by credentials that the SDK tries after the environment, which is where Lambda puts them
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html). They are imported when tried, so never.
 */
const neverTried = ['ini', 'sso', 'process', 'web-identity', 'http'].map((source) => `@aws-sdk/credential-provider-${source}`);

const definitions = join(root, 'src/fhir/definitions');

/**
 * Definitions that are imported when they are asked for lie beside the bundle, as they are: a cold start reads none of
 * what few requests need.
 */
const definitionsBeside: Plugin = {
  name: 'definitions-beside',
  setup({ onResolve }) {
    onResolve({ filter: /\/definitions\/[^/]+\.mjs$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path)}`, external: true } : undefined,
    );
  },
};

/**
 * What the SDK's clients know of every command's input and output. Their keys are constants by name, which a bundler must
 * take for something that runs and so keeps; written out, those of commands that nobody sends are left out.
 */
const sentSchemas: Plugin = {
  name: 'sent-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]@aws-sdk[/\\]client-[^/\\]+[/\\]dist-es[/\\]schemas[/\\][^/\\]+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const constants = new Map([...text.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name, literal]) => [name, literal]));
      const contents = text.replace(/\[(\w+)\]:/g, (key, name: string) => (constants.has(name) ? `${constants.get(name)}:` : key));
      return { loader: 'js', contents };
    });
  },
};

/**
 * DuckDB is no part of a bundle: its layer (duckdb-layer.ts) is looked for where `require` looks in a function, and is loaded
 * with the first module that imports it.
 */
const duckdbOfLayer: Plugin = {
  name: 'duckdb-of-layer',
  setup({ onResolve, onLoad }) {
    const namespace = 'duckdb-of-layer';
    onResolve({ filter: /^@duckdb\/node-api$/ }, ({ path, namespace: from }) => (from === namespace ? { path, external: true } : { path, namespace }));
    onLoad({ filter: /^/, namespace }, ({ path }) => ({ loader: 'js', contents: `module.exports = require('${path}');` }));
  },
};

/**
 * PDF.js, which most notes need not, lies beside the bundles that read notes: a file of its own, loaded with the first PDF.
 * What it would draw pages with is not there.
 */
const pdfBeside = 'unpdf.mjs';
const pdfOfItsOwn: Plugin = {
  name: 'pdf-of-its-own',
  setup({ onResolve }) {
    onResolve({ filter: /^unpdf$/ }, ({ kind }) => (kind === 'dynamic-import' ? { path: `./${pdfBeside}`, external: true } : undefined));
  },
};

async function bundlePdf(file: string): Promise<void> {
  await build({
    absWorkingDir: root, stdin: { contents: "export { getDocumentProxy } from 'unpdf';", resolveDir: root }, outfile: file, bundle: true, platform: 'node', target: 'node24', format: 'esm',
    minify: true, legalComments: 'none', external: ['@napi-rs/canvas', 'canvas'], banner: { js: banner }, logLevel: 'warning',
  });
}

export interface BundledFunction {
  readonly name: string;
  /** What `import` takes. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Bytes that each file contributes, by its path from the root. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Files in the same folder that it imports when it needs them. */
  readonly beside: readonly string[];
}

type Entry = Pick<FunctionSpec, 'name' | 'entry'>;

/**
 * @param folder gets a folder for each function; its former content goes
 * @throws when a function's code does not hold together
 */
export async function bundleFunctions(specs: readonly Entry[] = functions, folder: string = deployedBundles): Promise<readonly BundledFunction[]> {
  const maps = folder + mapsBeside;
  for (const old of [folder, maps]) await rm(old, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(specs.map(({ name, entry }) => [`${name}/index`, entry])),
    outdir: folder,
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
    plugins: [definitionsBeside, sentSchemas, duckdbOfLayer, pdfOfItsOwn],
    metafile: true,
    logLevel: 'warning',
  });
  await mkdir(maps, { recursive: true });
  for (const { name } of specs) await rename(join(folder, name, 'index.mjs.map'), join(maps, `${name}.mjs.map`));
  const bundles = specs.map(({ name }) => bundled(name, join(folder, name, 'index.mjs'), metafile));
  for (const { file, beside } of bundles) {
    for (const name of beside) {
      const copy = join(dirname(file), name);
      await (name === pdfBeside ? bundlePdf(copy) : copyFile(join(definitions, name), copy));
    }
  }
  return bundles;
}

function bundled(name: string, file: string, { outputs }: Metafile): BundledFunction {
  // esbuild names its outputs from the root on, with slashes.
  const { bytes, inputs, imports } = outputs[relative(root, file).split(sep).join('/')]!;
  const contributions = Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return {
    name,
    file,
    sizeBytes: bytes,
    inputs: Object.fromEntries(contributions.map(([input, { bytesInOutput }]) => [input, bytesInOutput])),
    beside: imports.filter(({ kind, path }) => kind === 'dynamic-import' && path.startsWith('./')).map(({ path }) => basename(path)),
  };
}

async function report(): Promise<void> {
  makeDuckdbLayer();
  for (const { name, sizeBytes } of await bundleFunctions()) console.log(`${name.padEnd(28)} ${Math.ceil(sizeBytes / 1024)} kB`);
}

// A rejection nobody handles ends the process, with its reason.
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) void report();
