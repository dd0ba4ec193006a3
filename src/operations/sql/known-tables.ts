/** The tables of a data store's lake, as a statement is checked against them: `{type}` and `{type}_history` of every type. */
import type { LakeField, LakeType } from '../../fhir/lake/lake-table.ts';
import { lakeViews } from '../../fhir/lake/lake-views.ts';
import { resourceTypes } from '../../fhir/definitions/resource-types.ts';
import type { SqlType } from '../../sql/ast.ts';
import type { KnownColumn } from '../../sql/check.ts';
import { tableNamed } from '../lake/lake-schema.ts';

const historySuffix = '_history';

/** Names to tell where a table is not known. */
export const offeredTables: readonly string[] = resourceTypes.map((type) => type.toLowerCase());

const known = new Map<string, readonly KnownColumn[]>();

/** The resource type's table that a view is over: `patient` of `patient_history`. */
export function baseTable(name: string): string {
  return name.endsWith(historySuffix) ? name.slice(0, -historySuffix.length) : name;
}

/** @returns `undefined` when there is no such table */
export function columnsOf(name: string): readonly KnownColumn[] | undefined {
  const found = known.get(name);
  if (found !== undefined) return found;
  const table = tableNamed(baseTable(name));
  const view = table && lakeViews(table).find((each) => each.name === name);
  if (view === undefined) return undefined;
  const columns = view.columns.map(knownColumn);
  known.set(name, columns);
  return columns;
}

function knownColumn({ name, type }: LakeField): KnownColumn {
  return { name, type: sqlType(type) };
}

function sqlType(type: LakeType): SqlType {
  if (type.kind === 'array') return { kind: 'array', element: sqlType(type.element) };
  if (type.kind === 'row') return { kind: 'row', fields: type.fields.map(knownColumn) };
  if (type.scalar === 'timestamp') return { kind: 'named', name: 'timestamp', parameters: [3] };
  return { kind: 'named', name: type.scalar === 'string' ? 'varchar' : type.scalar };
}
