/**
 * A view of some resources only: of patients, whose compartments they are in, or changed since an instant
 * (https://build.fhir.org/ig/HL7/sql-on-fhir/operations-common.html#filtering).
 */
import { patientPaths } from '../../fhir/definitions/compartments.mjs';
import type { JsonObject } from '../../fhir/json.ts';
import type { Expression } from '../ast.ts';
import { compileView } from './compile-view.ts';
import type { CompiledView } from './compile-view.ts';
import * as sql from './nodes.ts';
import { viewError } from './view-issues.ts';

export interface Narrowing {
  /** Ids of patients, checked; none for everybody. */
  readonly patients?: readonly string[];
  /** Milliseconds since the epoch: changed after it. */
  readonly since?: number;
}

/** @throws ViewError for a view that cannot be run, or is of resources that are no patient's */
export function narrowedView(resource: JsonObject, { patients = [], since }: Narrowing): CompiledView {
  const { where } = resource;
  const own = Array.isArray(where) ? where : [];
  const narrowed = patients.length === 0 ? resource : { ...resource, where: [...own, { path: ofPatients(resource, patients) }] };
  const restriction = since === undefined ? undefined : (relation: string): Expression => {
    const instant = new Date(since).toISOString().replace('T', ' ').replace('Z', '');
    return sql.binary('>', sql.field(sql.name(relation, 'meta'), 'lastupdated_timestamp'), { kind: 'timestamp', value: instant });
  };
  return compileView(narrowed, restriction === undefined ? {} : { restriction });
}

/** The path that holds of resources in the compartment of one of them. */
function ofPatients({ resource }: JsonObject, patients: readonly string[]): string {
  const type = typeof resource === 'string' ? resource : '';
  const isOne = patients.map((id) => `$this = '${id}'`).join(' or ');
  if (type === 'Patient') return `id.where(${isOne}).exists()`;
  const paths = Object.hasOwn(patientPaths, type) ? patientPaths[type]! : [];
  if (paths.length === 0) throw viewError('invalid', 'The view is of resources that are in no patient’s compartment: it cannot be narrowed by patients.', 'ViewDefinition.resource');
  return paths.map((path) => `${path}.getReferenceKey(Patient).where(${isOne}).exists()`).join(' or ');
}
