/** Rows as text, in columns that stand under each other. */

/** Between two columns. */
const gap = '  ';

/** The headings and, below them, a line for each row. */
export function tableText(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows];
  const widths = headings.map((_heading, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)));
  return all.map((row) => `${row.map((text, column) => padded(text, widths[column] ?? 0)).join(gap).trimEnd()}\n`).join('');
}

/** One thing's properties, one a line; those without a value are left out. */
export function propertiesText(properties: readonly (readonly [string, string | undefined])[]): string {
  const given = properties.filter(([, value]) => value !== undefined && value !== '');
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `${padded(name, width)}${gap}${value}\n`).join('');
}

/** A member of an answer as a cell: what is neither text nor number is left out. */
export function cell(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length));
}
