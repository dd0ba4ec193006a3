/** The index entries of a resource as they are found, in their order and none twice. */

export interface Entry {
  readonly pk: string;
  readonly position: string;
}

export class EntrySet {
  readonly entries: Entry[] = [];
  /** Of each partition the position that came first: nearly always the only one. */
  readonly #firsts = new Map<string, string>();
  /** The others, behind their partitions. */
  #others: Set<string> | undefined;

  add(pk: string, position: string): void {
    const first = this.#firsts.get(pk);
    if (first === position) return;
    if (first === undefined) this.#firsts.set(pk, position);
    else if (!this.#isNewBeside(pk, position)) return;
    this.entries.push({ pk, position });
  }

  addAll(entries: readonly Entry[]): void {
    for (const { pk, position } of entries) this.add(pk, position);
  }

  #isNewBeside(pk: string, position: string): boolean {
    this.#others ??= new Set();
    const before = this.#others.size;
    return this.#others.add(pk + position).size > before;
  }
}
