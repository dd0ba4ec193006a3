/**
 * The search parameters of US Core (https://hl7.org/fhir/us/core/STU6.1/general-guidance.html#search-interaction), compiled as a
 * data store's own, beside an independent engine over the guide's examples. Skipped where the packages are not at hand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { compile } from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { parsePath } from '../../../../src/fhir/path/parse.ts';
import type { Resource } from '../../../../src/fhir/resource.ts';
import { compileSelector } from '../../../../src/fhir/search/custom/compile.ts';
import { searchParameterIssues } from '../../../../src/fhir/search/custom/definition.ts';
import { rootItem } from '../../../../src/fhir/search/custom/selection.ts';

const folder = join(__dirname, '../../../../../shared/data/us-core');
const blockBytes = 512;

/** The resources of a package (https://confluence.hl7.org/display/FHIR/NPM+Package+Specification), its examples included. */
function resourcesOf(name: string): readonly Resource[] {
  const bytes = gunzipSync(readFileSync(join(folder, name)));
  const found: Resource[] = [];
  for (let at = 0; at + blockBytes <= bytes.length && bytes[at] !== 0;) {
    const file = bytes.toString('utf8', at, at + 100).replace(/\0.*$/s, '');
    const size = Number.parseInt(bytes.toString('utf8', at + 124, at + 136), 8);
    const content = bytes.toString('utf8', at + blockBytes, at + blockBytes + size);
    if (/package\/(example\/)?[A-Z].*\.json$/.test(file)) found.push(JSON.parse(content) as Resource);
    at += blockBytes * (1 + Math.ceil(size / blockBytes));
  }
  return found.filter(({ resourceType }) => typeof resourceType === 'string');
}

interface Written {
  readonly url: string;
  readonly base: readonly string[];
  readonly expression: string;
}

const options = {
  resolveInternalTypes: false,
  userInvocationTable: { leadsTo: { fn: leadsTo, arity: { 1: ['String' as const] }, internalStructures: true } },
};

/** What the other engine would have to fetch; the type is in the reference. */
function leadsTo(inputs: readonly { readonly data: { readonly reference?: string } }[], type: string): boolean[] {
  return inputs.map(({ data }) => data.reference?.includes(`${type}/`) === true);
}

type Evaluate = (resource: Resource) => unknown;

function otherEngine(expression: string): Evaluate {
  const evaluate = compile(expression.replaceAll(/resolve\(\) is (\w+)/g, "leadsTo('$1')"), r4, options);
  return (resource) => JSON.parse(JSON.stringify(evaluate(resource))) as unknown;
}

function engine(expression: string, type: string): Evaluate {
  const root = { type, path: type };
  const { select } = compileSelector(parsePath(expression), { positions: [root], kind: 'resource' });
  return (resource) => select([rootItem(resource, root)]).map(({ value }) => value ?? null);
}

const packages = ['us-core-3.1.1.tgz', 'us-core-6.1.0.tgz'];
const present = existsSync(folder);

(present ? describe : describe.skip).each(packages)('%s, where ../shared/data/us-core is present,', (name) => {
  const resources = present ? resourcesOf(name) : [];
  const definitions = resources.filter(({ resourceType }) => resourceType === 'SearchParameter');

  test('has search parameters that are all accepted', () => {
    expect(definitions.length).toBeGreaterThan(50);
    expect(definitions.flatMap((definition) => searchParameterIssues(definition))).toEqual([]);
  });

  test('has search parameters that select what another engine selects', () => {
    let found = 0;
    for (const { expression, base } of definitions as unknown as Written[]) {
      const other = otherEngine(expression);
      for (const type of base) {
        const own = engine(expression, type);
        const all = resources.filter(({ resourceType }) => resourceType === type);
        const values = all.map(own);
        expect({ expression, values }).toEqual({ expression, values: all.map(other) });
        found += values.flat().length;
      }
    }
    expect(found).toBeGreaterThan(100);
  });
});
