/**
 * Whose data a job exports that does not export everybody's: the patients who are members of a Group
 * (https://hl7.org/fhir/R4/group.html), as it was at the cut, or who were named; and who of them are newcomers.
 *
 * Members of groups that are members count. Who is inactive, or whose period has not begun or is over, does not.
 */
import { dateInterval } from '../../fhir/search/date-interval.ts';
import { isObject } from '../../fhir/json.ts';
import type { Json, JsonObject } from '../../fhir/json.ts';
import { parseReference } from '../../fhir/search/kinds/reference.ts';
import type { ExportContext } from './export-dependencies.ts';
import { ExportFailed, maxExportedPatients, maxNestedGroups } from './export-job.ts';
import { encoded, patientsKey } from './export-objects.ts';
import { restored } from './piece-files.ts';

/** Ids of Patients. */
export interface ExportedPatients {
  readonly patients: readonly string[];
  /** Of a group, those who were no members at `since`: all of their data is exported, whenever it changed. */
  readonly newcomers: readonly string[];
}

/** Patients whose presence is asked for at a time. */
const askedTogether = 100;

/** Who is exported, kept for the pieces; and what of the wish cannot be done, a sentence each. @throws ExportFailed */
export async function keepPatients(context: ExportContext, cut: number): Promise<readonly string[]> {
  const { request: { level, patients }, objects, job } = context;
  if (level === 'system' || (level === 'patient' && patients === undefined)) return [];
  const found = level === 'group' ? await ofGroup(context, cut) : { patients: patients ?? [], newcomers: [] };
  const unknown = level === 'group' ? amiss(patients, found.patients, 'are no members of the group') : await absent(context, cut);
  const wanted = patients && new Set(patients);
  const isWanted = (id: string): boolean => wanted === undefined || wanted.has(id);
  const kept: ExportedPatients = { patients: found.patients.filter(isWanted), newcomers: found.newcomers.filter(isWanted) };
  await objects.put(patientsKey(job.id), encoded(kept));
  return unknown;
}

/** @returns `undefined` where everybody's data is exported */
export async function exportedPatients({ request: { level, patients }, objects, job }: ExportContext): Promise<ExportedPatients | undefined> {
  if (level === 'patient' && patients === undefined) return undefined;
  const bytes = await objects.get(patientsKey(job.id));
  if (bytes === undefined) throw restored();
  return JSON.parse(new TextDecoder().decode(bytes)) as ExportedPatients;
}

function amiss(wanted: readonly string[] = [], there: readonly string[], what: string): readonly string[] {
  const known = new Set(there);
  const count = wanted.filter((id) => !known.has(id)).length;
  return count === 0 ? [] : [`Of the patients who were named, ${count} ${what}.`];
}

async function absent({ request: { patients = [] }, exporting }: ExportContext, cut: number): Promise<readonly string[]> {
  const there: string[] = [];
  for (let from = 0; from < patients.length; from += askedTogether) {
    const some = patients.slice(from, from + askedTogether);
    const versions = await exporting.at(some.map((id) => ({ type: 'Patient', id })), cut);
    there.push(...some.filter((_, position) => isThere(versions[position])));
  }
  return amiss(patients, there, 'are not here');
}

function isThere(version: Awaited<ReturnType<ExportContext['exporting']['at']>>[number]): boolean {
  return version !== undefined && version !== 'gone' && !version.isDeleted;
}

async function ofGroup(context: ExportContext, cut: number): Promise<ExportedPatients> {
  const { request: { since } } = context;
  const members = await membersAt(context, cut);
  if (members === undefined) throw new ExportFailed('There was no such Group at the time of the export.');
  const before = since === undefined ? members : await membersAt(context, since);
  return { patients: [...members], newcomers: before === undefined ? [...members] : [...members].filter((id) => !before.has(id)) };
}

/** The patients who were members of the group at an instant; `undefined` where there was none, or it cannot be told any more. */
async function membersAt({ request: { group, baseUrl = '' }, exporting }: ExportContext, instant: number): Promise<ReadonlySet<string> | undefined> {
  const patients = new Set<string>();
  const groups = [group!];
  const seen = new Set(groups);
  // Grows while it is gone through.
  for (const id of groups) {
    const [version] = await exporting.at([{ type: 'Group', id }], instant);
    if (version === undefined || version === 'gone' || version.isDeleted) {
      if (id === group) return undefined;
      continue;
    }
    const resource = JSON.parse(Buffer.from((await version.bytes())!).toString()) as JsonObject;
    for (const member of activeMembers(resource, instant, baseUrl)) {
      if (member.type === 'Patient') patients.add(member.id);
      else if (member.type === 'Group' && !seen.has(member.id)) groups.push(seen.add(member.id) && member.id);
    }
    if (patients.size > maxExportedPatients) throw new ExportFailed(`A group that is exported has up to ${maxExportedPatients} patients, and this one has more. Export smaller groups, or all patients.`);
    if (groups.length > maxNestedGroups) throw new ExportFailed(`A group that is exported has up to ${maxNestedGroups} groups as members, and this one has more.`);
  }
  return patients;
}

function activeMembers({ member }: JsonObject, instant: number, baseUrl: string): readonly { readonly type: string; readonly id: string }[] {
  const members = Array.isArray(member) ? member.filter(isObject) : [];
  return members.flatMap(({ entity, inactive, period }) => {
    const reference = isObject(entity) && typeof entity['reference'] === 'string' ? parseReference(entity['reference'], baseUrl) : undefined;
    if (reference?.type === undefined || reference.id === undefined || reference.base !== undefined) return [];
    return inactive === true || !isDuring(period, instant) ? [] : [{ type: reference.type, id: reference.id }];
  });
}

function isDuring(period: Json | undefined, instant: number): boolean {
  if (!isObject(period)) return true;
  const [start, end] = [intervalOf(period['start']), intervalOf(period['end'])];
  return (start?.low ?? -Infinity) <= instant && instant < (end?.high ?? Infinity);
}

function intervalOf(value: Json | undefined) {
  return typeof value === 'string' ? dateInterval(value) : undefined;
}
