/** Differences as a reader wants them: like ones together, a few of each in full. All data is synthetic or published. */
import type { Json, Resource } from './evaluator/json.ts';
import { elementsOf } from './evaluator/elements.ts';
import { parametersOf } from './evaluator/definitions.ts';
import type { Difference } from './oracle.ts';

const maxShownOfAKind = 4;

export function describeDifferences(differences: readonly Difference[]): string {
  const kinds = Map.groupBy(differences, ({ url, what }) => `${url.replace(/=.*/, '').replace(/\?.*?[?&]/, '?')} ${what.replace(/\d+|: .*/g, '')}`);
  const refusals = Map.groupBy(differences.filter(({ what }) => what.startsWith('refused')), ({ what }) => what);
  const lines = [`${differences.length} differences`];
  for (const [what, some] of [...refusals].sort((one, other) => other[1].length - one[1].length)) lines.push(`${some.length} × ${what}`, ...some.slice(0, 3).map(({ url }) => `    ${decodeURIComponent(url)}`));
  for (const some of kinds.values()) {
    if (some[0]!.what.startsWith('refused')) continue;
    lines.push(...some.slice(0, maxShownOfAKind).flatMap(describe));
    if (some.length > maxShownOfAKind) lines.push(`  … and ${some.length - maxShownOfAKind} like these`);
  }
  return lines.join('\n');
}

function describe({ url, what, resources }: Difference): string[] {
  const names = [...url.matchAll(/[?&]([^=&:%]+)/g)].map(([, name]) => name!);
  return [decodeURIComponent(url), `    ${what}`, ...resources.map((resource) => `    ${resource.resourceType}/${resource.id}: ${valuesOf(resource, names)}`)];
}

function valuesOf(resource: Resource, names: readonly string[]): string {
  const values = names.flatMap((name): Json[] => {
    const parameter = parametersOf(resource.resourceType).get(name);
    return parameter === undefined ? [] : elementsOf(resource, parameter).map(({ type, data }) => `${type} ${JSON.stringify(data)}`);
  });
  return values.join(', ').slice(0, 400);
}
