/** Division of decimals, which DuckDB does in doubles (https://trino.io/docs/435/functions/decimal.html). */
import { bound } from './typed.ts';

export interface Shapes {
  /** Digits behind the point: of the dividend, the divisor, the result. */
  readonly scales: readonly [number, number, number];
  /** Precision and scale of the result. */
  readonly result: readonly [number, number];
}

/** Half away from zero, in whole numbers of 128 bits. */
export function decimalQuotient(dividend: string, divisor: string, { scales, result }: Shapes): string {
  const [left, right, scale] = scales;
  const shift = scale + right - left;
  const sql = bound([unscaled(dividend, left, shift), unscaled(divisor, right, -shift)], ([a, b]) =>
    `CASE WHEN ${b} = 0 AND ${a} IS NOT NULL THEN error('Division by zero') ELSE `
    + `${a} // ${b} + CASE WHEN abs(${a} % ${b}) * 2 >= abs(${b}) THEN sign(${a}) * sign(${b}) ELSE 0 END END`, true);
  const digits = `CAST(${sql} AS DECIMAL(38, 0))`;
  const scaled = scale === 0 ? digits : `(${digits} * CAST('0.${'0'.repeat(scale - 1)}1' AS DECIMAL(${scale}, ${scale})))`;
  return `CAST(${scaled} AS DECIMAL(${result.join(', ')}))`;
}

/** The digits of a decimal as a whole number, and as many zeros behind them. */
function unscaled(value: string, scale: number, zeros: number): string {
  const digits = `CAST(CAST(${value} AS DECIMAL(38, ${scale})) * CAST(${10n ** BigInt(scale)} AS HUGEINT) AS HUGEINT)`;
  return zeros > 0 ? `(${digits} * CAST(${10n ** BigInt(zeros)} AS HUGEINT))` : digits;
}
