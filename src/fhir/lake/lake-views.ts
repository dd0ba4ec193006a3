/**
 * The views over a table of the lake (docs/decisions/0014-lake.md): `{type}` has the resources as they are, `{type}_history`
 * every version with the time from and to which it was valid. Their statements mean the same to Athena and to DuckDB.
 *
 * Changes may come more than once and late: whatever `recent` repeats of the other layers counts once.
 */
import type { LakeField, LakeTable } from './lake-table.ts';
import { versionColumns } from './lake-table.ts';

export interface LakeView {
  readonly name: string;
  readonly columns: readonly LakeField[];
  /** One SELECT that gives the columns in their order. */
  readonly statement: string;
}

const { version, validFrom, validTo, deleted, layer } = versionColumns;

/** The name of the table over all files: what the views read. */
export function versionsTableName(table: string): string {
  return `${table}_versions`;
}

export function lakeViews(table: LakeTable): readonly LakeView[] {
  return [currentView(table), historyView(table)];
}

/**
 * The resources that are not deleted, each as it is. Whatever is recent is at least as new as what was compacted
 * (src/operations/lake/increment.ts), so that nothing needs to be held against the layers of all that is past.
 */
function currentView(table: LakeTable): LakeView {
  const columns = table.columns.filter(({ role }) => role !== 'version');
  const versions = quoted(versionsTableName(table.name));
  const statement = `SELECT ${named(columns, 'c')} FROM ${versions} AS c `
    + `LEFT JOIN (SELECT DISTINCT id AS changed_id FROM ${versions} WHERE ${layer} = 'recent') AS r ON r.changed_id = c.id `
    + `WHERE c.${layer} = 'current' AND r.changed_id IS NULL `
    + `UNION ALL SELECT ${named(columns, 'n')} `
    + `FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY ${version} DESC) AS place FROM ${versions} WHERE ${layer} = 'recent') AS n `
    + `WHERE n.place = 1 AND NOT n.${deleted}`;
  return { name: table.name, columns, statement };
}

/** Every version, deletions too. One is valid until the next begins. */
function historyView(table: LakeTable): LakeView {
  const columns = table.columns.filter(({ name }) => name !== layer);
  const versions = quoted(versionsTableName(table.name));
  const plain = columns.filter(({ name }) => name !== validTo);
  const order = columns.map(({ name }) => quoted(name)).join(', ');
  const statement = `SELECT ${order} FROM (`
    + `SELECT ${named(plain)}, lead(${validFrom}) OVER (PARTITION BY id ORDER BY ${version}) AS ${validTo} `
    + `FROM (SELECT *, row_number() OVER (PARTITION BY id, ${version} ORDER BY ${layer}) AS place FROM ${versions}) AS v WHERE place = 1) AS h`;
  return { name: `${table.name}_history`, columns, statement };
}

function named(columns: readonly LakeField[], alias?: string): string {
  return columns.map(({ name }) => (alias === undefined ? quoted(name) : `${alias}.${quoted(name)}`)).join(', ');
}

/** Some are words of SQL. */
function quoted(name: string): string {
  return `"${name}"`;
}
