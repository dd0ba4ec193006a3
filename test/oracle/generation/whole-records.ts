/** `$everything` and searches of whole compartments, with dates, types and pages of any size. */
import type { Answer, Asked } from '../asking.ts';
import { compartment } from '../evaluator/definitions.ts';
import { began, comesAlong, members, type Asked as AskedMembers } from '../evaluator/everything.ts';
import { list, type Resource } from '../evaluator/json.ts';
import type { NameValue, Population } from '../evaluator/population.ts';
import type { Oracle } from '../searched.ts';
import type { Given } from './clauses.ts';

export const wholeRecordMakers: Readonly<Record<string, (given: Given) => Asked | undefined>> = {
  everythingOfPatient: (given) => everything(given, 'Patient'),
  everythingOfEncounter: (given) => everything(given, 'Encounter'),
  compartmentOfAllTypes,
};

function everything({ oracle, making }: Given, type: 'Patient' | 'Encounter'): Asked | undefined {
  const { random } = making;
  const { population } = oracle;
  const focus = `${type}/${random.pick(population.byType.get(type)!).id}`;
  const own = [...members(focus, { dates: {}, since: undefined, types: undefined }, population).sure];
  const parameters: NameValue[] = [['_count', String(random.pick([1000, 1000, 50, 1 + Math.ceil(own.length / 3)]))]];
  const asked = { dates: {} as Record<string, string>, since: undefined as string | undefined, types: undefined as ReadonlySet<string> | undefined };
  const day = (): string => dayNear(population.links.byName.get(random.pick(own))!, making.random);
  if (type === 'Patient' && random.chance(0.5)) asked.dates['start'] = day();
  if (type === 'Patient' && random.chance(0.5)) asked.dates['end'] = day();
  if ((asked.dates['end'] ?? '9999') < (asked.dates['start'] ?? '0')) return undefined;
  if (random.chance(0.2)) asked.since = population.links.byName.get(random.pick(own))!.meta.lastUpdated;
  if (random.chance(0.4)) asked.types = new Set([random.pick(own).split('/')[0]!, random.pick(['Practitioner', 'Organization', 'Location', random.pick([...population.byType.keys()])])]);
  for (const [name, value] of Object.entries(asked.dates)) parameters.push([name, value]);
  if (asked.since !== undefined) parameters.push([random.pick(['_since', 'since']), asked.since]);
  if (asked.types !== undefined) parameters.push(['_type', [...asked.types].join(',')]);
  const expected = members(focus, asked, population);
  return { request: { path: `${focus}/$everything`, parameters }, expected, check: (answer) => recordProblem(answer, { focus, asked, oracle }) };
}

/** A day on which something was done, or one beside it. */
function dayNear(resource: Resource, random: Given['making']['random']): string {
  const days = JSON.stringify(resource).match(/(?<=")\d{4}-\d\d-\d\d/g) ?? ['2020-01-01'];
  const shifted = new Date(Date.parse(random.pick(days)) + random.pick([0, 0, 86_400_000, -86_400_000]));
  return shifted.toISOString().slice(0, 10);
}

interface WholeRecord {
  readonly focus: string;
  readonly asked: AskedMembers;
  readonly oracle: Oracle;
}

function recordProblem({ pages, found }: Answer, { focus, asked, oracle: { population } }: WholeRecord): string | undefined {
  const twice = pages.find(({ included }) => new Set(included).size < included.length);
  if (twice !== undefined) return 'a page brings something along twice';
  // Members of types that are not shown bring theirs along too; of which page they are, nobody sees.
  const visible = asked.types === undefined;
  const read = { ...asked, types: undefined };
  const problems = visible
    ? pages.map(({ matches, included }) => alongProblem(included, comesAlong(focus, matches, asked.types, population)))
    : [alongProblem(pages.flatMap(({ included }) => included), hiddenAlong(focus, { asked, read, population }))];
  return problems.find((one) => one !== undefined) ?? orderProblem(found, focus, population);
}

/** Only types of the compartment: then members of others are not looked at. */
function hiddenAlong(focus: string, { asked, read, population }: { readonly asked: AskedMembers; readonly read: AskedMembers; readonly population: Population }): ReadonlySet<string> {
  const types = compartment(focus.split('/')[0]!);
  const looked = [...asked.types!].every((one) => types.has(one)) ? asked : read;
  const all = [...members(focus, looked, population).sure];
  return comesAlong(focus, all, asked.types, population);
}

function alongProblem(included: readonly string[], expected: ReadonlySet<string>): string | undefined {
  const missing = [...expected].filter((name) => !included.includes(name));
  const wrong = included.filter((name) => !expected.has(name));
  if (missing.length > 0) return `${missing.length} that are referred to are lacking: ${missing.slice(0, 3).join(', ')}`;
  return wrong.length > 0 ? `${wrong.length} come along wrongly: ${wrong.slice(0, 3).join(', ')}` : undefined;
}

/** The resource itself first, then the care in the order in which it began. */
function orderProblem(found: readonly string[], focus: string, { links }: Population): string | undefined {
  if (found.includes(focus) && found[0] !== focus) return `${focus} is not the first`;
  const times = found.filter((name) => name !== focus).flatMap((name) => {
    const time = began(links.byName.get(name)!);
    return time === undefined ? [] : [{ name, time }];
  });
  const index = times.findIndex(({ time }, place) => place > 0 && time < times[place - 1]!.time);
  return index < 0 ? undefined : `${times[index - 1]!.name} comes before ${times[index]!.name}`;
}

const owners = ['Patient', 'Encounter', 'Practitioner', 'RelatedPerson', 'Device'];

function compartmentOfAllTypes({ oracle, making }: Given): Asked | undefined {
  const { random } = making;
  const { population } = oracle;
  const type = random.pick(owners);
  const focus = `${type}/${random.pick(population.byType.get(type) ?? population.byType.get('Patient')!).id}`;
  if (population.links.byName.get(focus) === undefined) return undefined;
  const own = [...population.searchWhole(focus, []).sure].map((name) => population.links.byName.get(name)!);
  const member = own.length === 0 ? population.links.byName.get(focus)! : random.pick(own);
  const tag = list(member.meta?.tag ?? member.meta?.security)[0];
  const clauses = random.pick<readonly NameValue[]>([[], [], [['_id', member.id]], [['_lastUpdated', `ge${member.meta.lastUpdated}`]], [['_tag', tag?.code ?? 'none']]]);
  const parameters: NameValue[] = [...clauses, ['_count', String(random.pick([1000, 7, 40]))]];
  return { request: { path: `${focus}/*`, parameters }, expected: population.searchWhole(focus, clauses) };
}
