/**
 * Lints the synthesized templates with cfn-lint (PyPI), installed into `.cache/cfn-lint`; any finding fails. What is
 * left out is left out here, with its reason.
 *
 *   npm run lint:templates
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');
const version = 'cfn-lint==1.58.0';

const ignored = {
  I1022: 'CDK writes Fn::Join where a person would write Fn::Sub.',
  W3005: 'CDK has a function wait for its role in so many words, beside the reference that says so already.',
};

function install() {
  const binary = join(cache, 'cfn-lint', 'bin', 'cfn-lint');
  if (existsSync(binary)) return binary;
  mkdirSync(cache, { recursive: true });
  execFileSync('python3', ['-m', 'venv', 'cfn-lint'], { cwd: cache, stdio: 'inherit' });
  execFileSync(join(cache, 'cfn-lint', 'bin', 'pip'), ['install', '--quiet', version], { stdio: 'inherit' });
  return binary;
}

const folder = join(root, 'cdk.out');
const templates = readdirSync(folder).filter((file) => file.endsWith('.template.json')).map((file) => join(folder, file));
if (templates.length === 0) throw new Error('There is nothing in cdk.out: run npm run synth first.');
const rules = Object.keys(ignored).flatMap((rule) => ['--ignore-checks', rule]);
const { status } = spawnSync(install(), ['--template', ...templates, ...rules, '--non-zero-exit-code', 'informational', '--include-checks', 'I'], { stdio: 'inherit' });
process.exitCode = status ?? 1;
