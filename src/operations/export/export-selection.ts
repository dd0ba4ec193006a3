/**
 * Which versions of a cut are exported, and as what line. What nothing is asked of goes out as it is stored, without being parsed.
 */
import { parseJson } from '../../fhir/json.ts';
import type { Resource } from '../../fhir/resource.ts';
import { routedTypes } from '../route.ts';
import { selectElements } from '../../fhir/subset.ts';
import type { ExportVersion, FoundAtInstant } from '../../store/exporting.ts';
import type { ExportContext } from './export-dependencies.ts';
import type { ExportRequest } from './export-job.ts';
import { exportedPatients } from './export-patients.ts';
import { largeBinaryLine } from './large-binary-line.ts';
import type { ExportLine } from './line-buffers.ts';
import { isOfPatients, patientScope, targetsOf } from './patient-scope.ts';
import type { LargeLine } from './piece-files.ts';
import { typeQueries } from './type-filters.ts';

/** Targets of a Provenance that are read together: usually the first will do. */
const targetsTogether = 50;

export interface Selection {
  readonly isWanted: (type: string) => boolean;
  /** @returns `undefined` for what is not exported */
  lineOf(found: FoundAtInstant): Promise<ExportLine | LargeLine | undefined>;
}

/** For a slice of work. @throws ExportFailed, by `lineOf` too, for a search that cannot be made */
export async function exportSelection(context: ExportContext, cut: number): Promise<Selection> {
  const { request, openContent } = context;
  const selecting = await Selecting.open(context, cut);
  return {
    isWanted: wantedTypes(request),
    async lineOf({ type, version }) {
      if (version === 'gone') return errorLine(`A ${type} that was there at the time of the export had been erased before it was read.`);
      if (version.isDeleted) return (await selecting.isDeletionTold(version)) ? deletedLine(version) : undefined;
      if (!selecting.isInTime(version)) return undefined;
      const bytes = (await version.bytes())!;
      const asked = await selecting.asks(type);
      const elements = elementsOf(request, type);
      if (asked || elements !== undefined || version.content !== undefined) {
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
        if (asked && !(await selecting.isExported(version, text))) return undefined;
        if (version.content !== undefined && elements?.includes('data') !== false) return largeBinaryLine(text, version.content, openContent);
        if (elements !== undefined) return { kind: 'resources', type, bytes: Buffer.from(JSON.stringify(selectElements(parseJson(text) as Resource, elements))) };
      }
      return { kind: 'resources', type, bytes };
    },
  };
}

/** An OperationOutcome for a file of errors. */
export function errorLine(diagnostics: string): ExportLine {
  const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'incomplete', diagnostics }] };
  return { kind: 'errors', type: 'OperationOutcome', bytes: Buffer.from(JSON.stringify(outcome)) };
}

/** https://hl7.org/fhir/uv/bulkdata/export.html: a transaction that deletes it. */
function deletedLine({ type, id }: ExportVersion): ExportLine {
  const bundle = { resourceType: 'Bundle', type: 'transaction', entry: [{ request: { method: 'DELETE', url: `${type}/${id}` } }] };
  return { kind: 'deleted', type: 'Bundle', bytes: Buffer.from(JSON.stringify(bundle)) };
}

function wantedTypes({ level, types, associated = [] }: ExportRequest): (type: string) => boolean {
  const asked = types === undefined ? routedTypes : [...types, ...(associated.includes('RelevantProvenanceResources') ? ['Provenance'] : [])];
  const wanted = new Set(level === 'system' ? asked : asked.filter(isOfPatients));
  return (type) => wanted.has(type);
}

/** The elements that are chosen for the type; `undefined` where none are, for any or for this one: it is whole then. */
function elementsOf({ elements = [] }: ExportRequest, type: string): readonly string[] | undefined {
  const chosen = elements.flatMap((one) => ((one.type ?? type) === type ? [one.name] : []));
  return chosen.length === 0 ? undefined : chosen;
}

type Parts = Awaited<ReturnType<typeof partsOf>>;

async function partsOf(context: ExportContext) {
  const { request, exporting, store } = context;
  const baseUrl = request.baseUrl ?? '';
  const scope = request.level === 'system' ? undefined : patientScope(baseUrl, await exportedPatients(context));
  return { baseUrl, scope, queriesOf: await typeQueries(request, store), matches: exporting.matching(), isWanted: wantedTypes(request) };
}

class Selecting {
  readonly #context: ExportContext;
  readonly #cut: number;
  readonly #parts: Parts;
  /** Provenances go by their targets alone. */
  readonly #byTargets: boolean;

  static async open(context: ExportContext, cut: number): Promise<Selecting> {
    return new Selecting(context, cut, await partsOf(context));
  }

  private constructor(context: ExportContext, cut: number, parts: Parts) {
    this.#context = context;
    this.#cut = cut;
    this.#parts = parts;
    this.#byTargets = context.request.associated?.includes('RelevantProvenanceResources') ?? false;
  }

  /** False where its time alone tells that a version is not exported. */
  isInTime({ type, lastUpdated }: ExportVersion): boolean {
    if (this.#goesByTargets(type)) return true;
    const { until = Infinity } = this.#context.request;
    return lastUpdated < until && (this.#isNew(lastUpdated) || this.#parts.scope?.hasNewcomers === true);
  }

  /** Whether more is asked of resources of the type than their time. */
  async asks(type: string): Promise<boolean> {
    return this.#parts.scope !== undefined || this.#goesByTargets(type) || (await this.#parts.queriesOf(type)) !== undefined;
  }

  /** @param version one that is in time, if only by newcomers */
  async isExported(version: ExportVersion, text: string): Promise<boolean> {
    const { scope } = this.#parts;
    if (scope?.mayBelong(version.type, text) === false) return false;
    const resource = JSON.parse(text) as Resource;
    if (this.#goesByTargets(version.type)) return this.#someTarget(resource, (target, targetText) => this.#isTargetExported(target, targetText));
    return (await this.#belongs(version, resource)) && this.#isAskedFor(version, resource);
  }

  /** Whether a deletion is told: of what was there before it, where anything is asked of that. */
  async isDeletionTold(deletion: ExportVersion): Promise<boolean> {
    const { since, until = Infinity } = this.#context.request;
    if (since === undefined || deletion.lastUpdated <= since || deletion.lastUpdated >= until) return false;
    if (!(await this.asks(deletion.type))) return true;
    const last = await this.#context.exporting.before(deletion);
    if (last === undefined || last === 'gone' || last.isDeleted) return false;
    const text = await textOf(last);
    // What made it deleted is new, whenever it was last changed.
    return this.isExported({ ...last, lastUpdated: deletion.lastUpdated }, text);
  }

  #goesByTargets(type: string): boolean {
    return type === 'Provenance' && this.#byTargets;
  }

  #isNew(lastUpdated: number): boolean {
    return lastUpdated > (this.#context.request.since ?? -Infinity);
  }

  async #belongs({ type, lastUpdated }: ExportVersion, resource: Resource): Promise<boolean> {
    const { scope } = this.#parts;
    if (scope === undefined) return this.#isNew(lastUpdated);
    const membership = scope.membership(resource);
    if (membership === 'newcomer') return true;
    if (!this.#isNew(lastUpdated)) return false;
    if (membership === 'member') return true;
    return type === 'Provenance' && this.#someTarget(resource, async (target, text) => isOfPatients(target.type)
      && scope.mayBelong(target.type, text) && scope.membership(JSON.parse(text) as Resource) !== 'none');
  }

  async #isAskedFor(version: ExportVersion, resource: Resource): Promise<boolean> {
    const queries = await this.#parts.queriesOf(version.type);
    if (queries === undefined) return true;
    for (const query of queries.every) if (!(await this.#parts.matches(resource, version, query))) return false;
    for (const query of queries.some) if (await this.#parts.matches(resource, version, query)) return true;
    return queries.some.length === 0;
  }

  async #isTargetExported(target: ExportVersion, text: string): Promise<boolean> {
    return this.#parts.isWanted(target.type) && this.isInTime(target) && this.isExported(target, text);
  }

  /** Whether something holds for a target of a Provenance, as it was at the cut. */
  async #someTarget(provenance: Resource, holds: (target: ExportVersion, text: string) => Promise<boolean>): Promise<boolean> {
    const targets = targetsOf(provenance, this.#parts.baseUrl);
    for (let from = 0; from < targets.length; from += targetsTogether) {
      const versions = await this.#context.exporting.at(targets.slice(from, from + targetsTogether), this.#cut);
      for (const version of versions) {
        if (version === undefined || version === 'gone' || version.isDeleted) continue;
        if (await holds(version, await textOf(version))) return true;
      }
    }
    return false;
  }
}

async function textOf(version: ExportVersion): Promise<string> {
  return Buffer.from((await version.bytes())!).toString();
}
