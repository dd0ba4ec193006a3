/**
 * Runs suites against engines that speak AWS's protocols: dynoxide (npm, Linux x64) and moto (PyPI, with boto3), installed into
 * `.cache/wire` and started on free ports of the loopback address. The first argument is the suites' jest configuration.
 * `CALDERA_DYNAMODB_ENDPOINT` or `CALDERA_S3_ENDPOINT` aim a suite at something that is already running.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache', 'wire');
const dynoxide = { package: '@dynoxide/linux-x64@1.2.1', archive: 'dynoxide-linux-x64-1.2.1.tgz' };
const moto = 'moto[server]==5.1.17';
/** Comes with moto in some version; in this one its model of HealthLake has the newer operations. */
const boto3 = 'boto3==1.44.5';

/** An engine answers within this time or the run fails. */
const startTimeoutMs = 60_000;

const run = (command, args, cwd = cache) => execFileSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });

function installDynoxide() {
  const folder = join(cache, 'dynoxide');
  const binary = join(folder, 'dynoxide');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  run('npm', ['pack', dynoxide.package, '--silent']);
  run('tar', ['xzf', dynoxide.archive, '-C', folder, '--strip-components=1']);
  return binary;
}

function installMoto() {
  const binary = join(cache, 'moto', 'bin', 'moto_server');
  if (existsSync(binary)) return binary;
  run('python3', ['-m', 'venv', 'moto']);
  run(join(cache, 'moto', 'bin', 'pip'), ['install', '--quiet', moto, boto3]);
  return binary;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const started = [];
/** What suites keep for each other: code of functions as it was compiled, and which workflows are valid. */
const compiled = mkdtempSync(join(tmpdir(), 'caldera-compiled-'));

async function start(command, portArguments) {
  const port = await freePort();
  const child = spawn(command, portArguments(String(port)), { stdio: 'ignore' });
  started.push(child);
  const endpoint = `http://127.0.0.1:${port}`;
  for (let waitedMs = 0; waitedMs < startTimeoutMs; waitedMs += 100) {
    if (child.exitCode !== null) break;
    const answered = await fetch(endpoint).then(() => true, () => false);
    if (answered) return endpoint;
    await setTimeout(100);
  }
  throw new Error(`${command} does not answer.`);
}

try {
  mkdirSync(cache, { recursive: true });
  const environment = {
    ...process.env,
    CALDERA_DYNAMODB_ENDPOINT: process.env.CALDERA_DYNAMODB_ENDPOINT
      ?? await start(installDynoxide(), (port) => ['serve', '--host', '127.0.0.1', '--port', port]),
    CALDERA_S3_ENDPOINT: process.env.CALDERA_S3_ENDPOINT ?? await start(installMoto(), (port) => ['-H', '127.0.0.1', '-p', port]),
    CALDERA_COMPILED: compiled,
    CALDERA_PYTHON: process.env.CALDERA_PYTHON ?? join(dirname(installMoto()), 'python'),
  };
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const [config, ...others] = process.argv.slice(2);
  const args = [jest, '--config', join(root, config), ...others];
  const { status } = spawnSync(process.execPath, args, { cwd: root, env: environment, stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  for (const child of started) child.kill();
  rmSync(compiled, { recursive: true, force: true });
}
