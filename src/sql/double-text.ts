/** How Trino writes a double: one digit, a point, the rest, and the exponent, as in `1.25E-1`. DuckDB writes `0.125`. */
import { bound } from './typed.ts';

export function doubleText(value: string): string {
  const parts = bound([value], ([v]) => `{'x': ${v}, 't': CAST(abs(${v}) AS VARCHAR)}`, true);
  const split = bound([parts], ([v]) =>
    `{'x': ${v}.x, 'm': split_part(${v}.t, 'e', 1), 'e': coalesce(TRY_CAST(split_part(${v}.t, 'e', 2) AS INTEGER), 0)}`, true);
  const digits = bound([split], ([v]) =>
    `{'x': ${v}.x, 'd': ltrim(replace(${v}.m, '.', ''), '0'), 'e': ${v}.e + length(split_part(${v}.m, '.', 1)) - 1 - length(replace(${v}.m, '.', '')) + length(ltrim(replace(${v}.m, '.', ''), '0'))}`, true);
  return bound([digits], ([v]) => `CASE WHEN ${v}.x IS NULL THEN NULL WHEN isnan(${v}.x) THEN 'NaN' `
    + `WHEN isinf(${v}.x) THEN CASE WHEN ${v}.x < 0 THEN '-Infinity' ELSE 'Infinity' END WHEN ${v}.x = 0 THEN '0E0' `
    + `ELSE CASE WHEN ${v}.x < 0 THEN '-' ELSE '' END || substr(${v}.d, 1, 1) || '.' `
    + `|| coalesce(nullif(rtrim(substr(${v}.d, 2), '0'), ''), '0') || 'E' || CAST(${v}.e AS VARCHAR) END`, true);
}
