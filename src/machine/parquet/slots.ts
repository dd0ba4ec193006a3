/**
 * Where the values of a column stand among those of the rows around it: repetition and definition levels
 * (https://parquet.apache.org/docs/file-format/nestedencoding/), made from which instances have one. What is around is copied as it
 * is, and only what is there is looked at one by one: a list of hundreds of thousands costs each of its columns little.
 */
import type { ColumnNode } from '../../fhir/lake/column-node.ts';

/** Up to so many are copied one by one. */
const fewSlots = 32;

/** Numbers below 256, with room for as many as there are slots. */
export class Levels {
  values = new Uint8Array(0);
  /** Those of `values`, four at a time. */
  words = new Int32Array(0);

  /** Makes room, and may forget what was there. */
  reserve(length: number): void {
    if (this.values.length >= length) return;
    this.words = new Int32Array((length + 3) >> 2);
    this.values = new Uint8Array(this.words.buffer);
  }

  copy(from: Levels, place: { readonly start: number; readonly end: number }, to: number): void {
    const { start, end } = place;
    if (end - start > fewSlots) return this.values.set(from.values.subarray(start, end), to);
    for (let index = start; index < end; index++) this.values[to - start + index] = from.values[index]!;
  }
}

/** One for each value and each place where one is missing. */
export class Slots {
  /** 0 for the first of a row, otherwise which array goes on. Those of the rows around, if the field is none of several. */
  repetitions = new Levels();
  /** How much of what is around it is there. */
  readonly definitions = new Levels();
  /** Of each instance, its slot. */
  places = new Int32Array(0);
  length = 0;
  maxRepetition = 0;
  maxDefinition = 0;
  readonly #own = new Levels();

  /** Of the rows of a table. */
  fillRows(rows: number): void {
    this.#clear(rows, rows);
    this.maxRepetition = this.maxDefinition = 0;
    this.repetitions = this.#own;
    this.#own.reserve(rows);
    this.#own.values.fill(0, 0, rows);
    this.definitions.values.fill(0, 0, rows);
    for (let row = 0; row < rows; row++) this.places[row] = row;
  }

  /** Of a field, from those of the row around it. */
  fill(around: Slots, node: ColumnNode): void {
    if (node.isArray) this.#fillArrays(around, node);
    else this.#fillOptional(around, node);
  }

  #clear(length: number, instances: number): void {
    this.length = length;
    this.definitions.reserve(length);
    if (this.places.length < instances) this.places = new Int32Array(instances);
  }

  #fillOptional(around: Slots, { parents }: ColumnNode): void {
    const { length } = around;
    const { values, length: count } = parents;
    this.#clear(length, count);
    this.repetitions = around.repetitions;
    this.maxRepetition = around.maxRepetition;
    const defined = this.maxDefinition = around.maxDefinition + 1;
    this.definitions.values.set(around.definitions.values.subarray(0, length));
    const definitions = this.definitions.values;
    const { places } = this;
    for (let instance = 0; instance < count; instance++) {
      const slot = around.places[values[instance]!]!;
      definitions[slot] = defined;
      places[instance] = slot;
    }
  }

  /** Three levels: the array, that it has an item, and that the item is not null. */
  #fillArrays(around: Slots, { parents, lengths, nullItems, items }: ColumnNode): void {
    this.#clear(around.length + items, items);
    this.repetitions = this.#own;
    this.#own.reserve(around.length + items);
    const again = this.maxRepetition = around.maxRepetition + 1;
    const defined = this.maxDefinition = around.maxDefinition + 3;
    const [repetitions, definitions, { places }] = [this.#own.values, this.definitions.values, this];
    let [from, to, item, nulls] = [0, 0, 0, 0];
    for (let array = 0; array < parents.length; array++) {
      const slot = around.places[parents.values[array]!]!;
      this.#copy(around, { start: from, end: slot }, to);
      to += slot - from;
      from = slot + 1;
      const count = lengths.values[array]!;
      repetitions[to] = around.repetitions.values[slot]!;
      if (count === 0) definitions[to++] = around.maxDefinition + 1;
      for (const behind = item + count; item < behind; item++) {
        const isNull = nulls < nullItems.length && nullItems.values[nulls] === item;
        definitions[to] = isNull ? defined - 1 : defined;
        if (isNull) nulls++;
        else places[item - nulls] = to;
        to++;
        if (item + 1 < behind) repetitions[to] = again;
      }
    }
    this.#copy(around, { start: from, end: around.length }, to);
    this.length = to + around.length - from;
  }

  #copy(around: Slots, place: { readonly start: number; readonly end: number }, to: number): void {
    if (place.start === place.end) return;
    this.#own.copy(around.repetitions, place, to);
    this.definitions.copy(around.definitions, place, to);
  }
}
