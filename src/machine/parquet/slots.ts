/**
 * Where the values of a column stand among those of the rows around it: repetition and definition levels
 * (https://parquet.apache.org/docs/file-format/nestedencoding/), made from which instances have one.
 */
import type { ColumnNode } from '../../fhir/lake/column-node.ts';

/** One for each value and each place where one is missing. */
export class Slots {
  /** 0 for the first of a row, otherwise which array goes on. */
  repetitions = new Uint8Array(0);
  /** How much of what is around it is there. */
  definitions = new Uint8Array(0);
  /** Which instance it is; -1 where there is none. */
  instances = new Int32Array(0);
  length = 0;
  maxRepetition = 0;
  maxDefinition = 0;

  /** Makes room, and forgets what was there. */
  clear(length: number): void {
    this.length = length;
    if (this.instances.length >= length) return;
    this.repetitions = new Uint8Array(length);
    this.definitions = new Uint8Array(length);
    this.instances = new Int32Array(length);
  }

  /** Of the rows of a table. */
  fillRows(rows: number): void {
    this.clear(rows);
    this.maxRepetition = this.maxDefinition = 0;
    for (let row = 0; row < rows; row++) {
      this.repetitions[row] = this.definitions[row] = 0;
      this.instances[row] = row;
    }
  }

  /** Of a field, from those of the row around it. */
  fill(around: Slots, node: ColumnNode): void {
    if (node.isArray) this.#fillArrays(around, node);
    else this.#fillOptional(around, node);
  }

  #fillOptional(around: Slots, { parents }: ColumnNode): void {
    const { length } = around;
    this.clear(length);
    this.maxRepetition = around.maxRepetition;
    const defined = this.maxDefinition = around.maxDefinition + 1;
    const { repetitions, definitions, instances } = this;
    const { values, length: count } = parents;
    let next = 0;
    for (let slot = 0; slot < length; slot++) {
      const instance = around.instances[slot]!;
      const isThere = instance >= 0 && next < count && values[next] === instance;
      repetitions[slot] = around.repetitions[slot]!;
      definitions[slot] = isThere ? defined : around.definitions[slot]!;
      instances[slot] = isThere ? next++ : -1;
    }
  }

  /** Three levels: the array, that it has an item, and that the item is not null. */
  #fillArrays(around: Slots, { parents, lengths, nullItems, items }: ColumnNode): void {
    this.clear(around.length + items);
    const again = this.maxRepetition = around.maxRepetition + 1;
    const defined = this.maxDefinition = around.maxDefinition + 3;
    const { repetitions, definitions, instances } = this;
    let [to, next, item, nulls] = [0, 0, 0, 0];
    for (let slot = 0; slot < around.length; slot++) {
      const instance = around.instances[slot]!;
      const isThere = instance >= 0 && next < parents.length && parents.values[next] === instance;
      const count = isThere ? lengths.values[next++]! : 0;
      if (count === 0) {
        repetitions[to] = around.repetitions[slot]!;
        definitions[to] = isThere ? around.maxDefinition + 1 : around.definitions[slot]!;
        instances[to++] = -1;
      }
      for (let place = 0; place < count; place++, item++) {
        const isNull = nulls < nullItems.length && nullItems.values[nulls] === item;
        if (isNull) nulls++;
        repetitions[to] = place === 0 ? around.repetitions[slot]! : again;
        definitions[to] = isNull ? defined - 1 : defined;
        instances[to++] = isNull ? -1 : item - nulls;
      }
    }
    this.length = to;
  }
}
