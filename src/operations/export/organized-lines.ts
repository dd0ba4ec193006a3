/**
 * The first half of an output that is organized by patients
 * (https://hl7.org/fhir/uv/bulkdata/export.html#bulk-data-output-file-organization): while the store is read as it was at the cut, each
 * line is put aside for the patients in whose blocks it stands, in one of a fixed number of ranges of patients. What lies in
 * a range becomes blocks when all has been read (organized-piece.ts).
 *
 * A line stands in the blocks of all patients in whose compartments the resource was, as far as they are exported; a
 * Provenance also where one of its targets does. What belongs to no patient is left out, as the specification allows.
 */
import type { Resource } from '../../fhir/resource.ts';
import type { FoundAtInstant } from '../../store/exporting.ts';
import type { ExportContext } from './export-dependencies.ts';
import { exportedPatients } from './export-patients.ts';
import { errorLine } from './export-selection.ts';
import type { ExportLine } from './line-buffers.ts';
import { patientScope, targetsOf } from './patient-scope.ts';
import type { PatientScope } from './patient-scope.ts';
import type { LargeLine } from './piece-files.ts';

/** Ranges of patients: enough that one is seldom more than memory takes at a time, few enough that what is put aside is in large pieces. */
export const blockRanges = 128;
/** What a resource, such as a large Group, may come to in the blocks of all of its patients; more would fill any disk. */
export const maxRepeatedBytes = 64 * 1024 * 1024;
/** Targets of a Provenance that are read together. */
const targetsTogether = 50;

const [space, zero] = [0x20, 0x30];
const newline = 0x0a;
/** https://hl7.org/fhir/R4/datatypes.html#id: anything else is the id of no resource. */
const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;

/** What comes of a line that is exported: that for the blocks, or as it is where it is no resource. */
export type OrganizedLines = (found: FoundAtInstant, line: ExportLine | LargeLine) => AsyncIterable<ExportLine>;

/** For a slice of work. */
export async function organizedLines(context: ExportContext, cut: number): Promise<OrganizedLines> {
  const { request: { level, baseUrl = '', elements } } = context;
  const scope = patientScope(baseUrl, level === 'system' ? undefined : await exportedPatients(context));
  return async function* ofLine({ type, version }, line) {
    // Only Binaries are that large, and they are in no compartment.
    if ('open' in line) return;
    if (line.kind !== 'resources' || version === 'gone') {
      yield line;
      return;
    }
    const whole = elements === undefined ? line.bytes : (await version.bytes())!;
    const patients = await patientsAtCut({ context, scope, cut }, type, whole);
    if (patients.length > 1 && patients.length * line.bytes.length > maxRepeatedBytes) {
      yield errorLine(`A ${type} belongs to so many patients that it is in the blocks of none. Export it without organizeOutputBy.`);
      return;
    }
    for (const patient of patients) yield spilled(patient, type === 'Patient', line.bytes);
  };
}

interface Telling {
  readonly context: ExportContext;
  readonly scope: PatientScope;
  readonly cut: number;
}

async function patientsAtCut({ context, scope, cut }: Telling, type: string, bytes: Uint8Array): Promise<readonly string[]> {
  const text = textOf(bytes);
  if (!scope.mayBelong(type, text)) return [];
  const resource = JSON.parse(text) as Resource;
  const patients = new Set(scope.patientsOf(resource));
  if (type === 'Provenance') for await (const patient of ofTargets({ context, scope, cut }, resource)) patients.add(patient);
  return [...patients].filter((id) => idPattern.test(id));
}

async function* ofTargets({ context: { request: { baseUrl = '' }, exporting }, scope, cut }: Telling, provenance: Resource): AsyncGenerator<string> {
  const targets = targetsOf(provenance, baseUrl);
  for (let from = 0; from < targets.length; from += targetsTogether) {
    for (const version of await exporting.at(targets.slice(from, from + targetsTogether), cut)) {
      if (version === undefined || version === 'gone' || version.isDeleted) continue;
      const text = textOf((await version.bytes())!);
      if (scope.mayBelong(version.type, text)) yield* scope.patientsOf(JSON.parse(text) as Resource);
    }
  }
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}

/** `{id of the patient} {1 for the Patient itself}{the line}` */
function spilled(patient: string, isPatient: boolean, line: Uint8Array): ExportLine {
  const mark = Buffer.from(`${patient} ${isPatient ? 1 : 0}`);
  return { kind: 'spilled', type: String(rangeOf(patient)), bytes: Buffer.concat([mark, line]) };
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/): the same for a patient whoever asks, and even. */
function rangeOf(patient: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < patient.length; at += 1) hash = Math.imul(hash ^ patient.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % blockRanges;
}

/** A line that was put aside. */
export interface SpilledLine {
  readonly patient: string;
  /** Whether it is the Patient itself, with which a block begins. */
  readonly isPatient: boolean;
  /** The line, with its end; a part of what was read, so copied by whoever keeps it. */
  readonly bytes: Uint8Array;
}

/** The lines of what lies together. */
export function* spilledLines(bytes: Uint8Array): Generator<SpilledLine> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let from = 0; from < buffer.length; ) {
    const end = buffer.indexOf(newline, from) + 1;
    const mark = buffer.indexOf(space, from);
    yield { patient: buffer.toString('latin1', from, mark), isPatient: buffer[mark + 1] !== zero, bytes: buffer.subarray(mark + 2, end) };
    from = end;
  }
}
