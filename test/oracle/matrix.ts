/** The matrix kind × FHIR type × operator: how many hits and near misses were asked in each cell. */
import type { Query } from './generation/queries.ts';

export interface Cell {
  readonly row: string;
  readonly operator: string;
  readonly reason: string | undefined;
  hits: number;
  misses: number;
  open: number;
}

export class Matrix {
  readonly #cells = new Map<string, Cell>();

  declare(row: string, operator: string, reason: string | undefined): void {
    this.#cells.set(`${row}|${operator}`, { row, operator, reason, hits: 0, misses: 0, open: 0 });
  }

  count({ cell, operator, expected }: Pick<Query, 'cell' | 'operator' | 'expected'>): void {
    const found = this.#cells.get(`${cell}|${operator}`);
    if (found === undefined) throw new Error(`${cell} ${operator} is no cell.`);
    if (expected === undefined) found.open += 1;
    else if (expected) found.hits += 1;
    else found.misses += 1;
  }

  /** Supported cells without a hit or without a near miss. */
  holes(): readonly string[] {
    return [...this.#cells.values()]
      .filter(({ reason, hits, misses }) => reason === undefined && (hits === 0 || misses === 0))
      .map(({ row, operator, hits, misses, open }) => `${row} ${operator || '(plain)'}: ${hits} hits, ${misses} near misses, ${open} open`);
  }

  /** One line a row: `token Coding  (plain) 6/6  :not 6/6`. */
  text(): string {
    const rows = Map.groupBy(this.#cells.values(), ({ row }) => row);
    const lines = [...rows].map(([row, cells]) => {
      const supported = cells.filter(({ reason }) => reason === undefined).map(({ operator, hits, misses }) => `${operator || '(plain)'} ${hits}/${misses}`);
      return `${row.padEnd(44)} ${supported.join('  ')}`;
    });
    const reasons = [...rows].flatMap(([row, cells]) =>
      [...Map.groupBy(cells.filter(({ reason }) => reason !== undefined), ({ reason }) => reason)].map(([reason, some]) => `  ${row} ${some.map(({ operator }) => operator || '(plain)').join(' ')}: ${reason}`),
    );
    return ['kind and FHIR type: operator hits/near misses', ...lines, 'cells that cannot exist:', ...reasons].join('\n');
  }
}
