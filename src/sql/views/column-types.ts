/** The types of a view's columns, gathered from all branches of its unions. */
import type { SqlType } from '../ast.ts';
import type { CompiledColumn } from './compile-column.ts';
import type { Column } from './view-definition.ts';
import { viewError } from './view-issues.ts';

export class ColumnTypes {
  readonly #types = new Map<string, CompiledColumn>();

  /** @throws ViewError when another branch has the column in another type */
  add(column: Column, compiled: CompiledColumn) {
    const known = this.#types.get(column.name);
    if (known === undefined || (known.fhirType === undefined && compiled.fhirType !== undefined)) {
      this.#types.set(column.name, compiled);
    } else if (compiled.fhirType !== undefined && !isAlike(known.sqlType, compiled.sqlType)) {
      throw viewError('invalid', `The branches of a unionAll have column ${column.name} in different types.`, column.at);
    }
  }

  /** `string` where nothing tells it. */
  fhirType(name: string): string {
    return this.#types.get(name)?.fhirType ?? 'string';
  }

  /** @throws Error for a column that was not compiled */
  sqlType(name: string): SqlType {
    const known = this.#types.get(name);
    if (known === undefined) throw new Error('The column was not compiled');
    return known.sqlType;
  }
}

function isAlike(one: SqlType, other: SqlType): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** How a column is called within the statement, apart from the names of the statement's own. */
export function fieldName(column: string): string {
  return `c_${column.toLowerCase()}`;
}
