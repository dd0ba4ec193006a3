/**
 * An import cut into units for workers that go on side by side, each for some minutes: a unit is the pieces from one place
 * of the input to another, in the order of the files and of the pieces in them. Small files lie in it whole, large ones in
 * several units.
 */
import { pieceBytes, piecesOf } from './import-job.ts';
import type { ImportFile } from './import-job.ts';

export interface UnitPlace {
  readonly file: number;
  readonly piece: number;
}

export interface ImportUnit {
  /** From 0. */
  readonly unit: number;
  readonly from: UnitPlace;
  /** Exclusive. */
  readonly to: UnitPlace;
}

/** Files that are worked on one after the other. */
export interface FileGroup {
  readonly group: number;
  readonly files: readonly number[];
}

/** Items of one Distributed Map: what its children answer has to fit into 256 KiB together. */
export const maxItems = 10_000;
/** 64 MiB: some tens of thousands of resources, a minute or a few of one worker. */
export const unitPieces = 16;
/** What a file costs beside its bytes, for what is read and written of it. */
const leastFileBytes = 256 * 1024;

export interface Cutter {
  /** @param sizeBytes of its content */
  add(file: Pick<ImportFile, 'file' | 'kind'>, sizeBytes: number): void;
  /** @returns the units, and the files that lie in more than one */
  end(): { readonly units: readonly ImportUnit[]; readonly large: readonly number[] };
}

/** @param wanted what all files come to: units are larger where there would be more than `maxItems` */
export function unitCutter(wanted: { readonly files: number; readonly sizeBytes: number }): Cutter {
  const most = Math.max(unitPieces * pieceBytes, Math.ceil((wanted.sizeBytes + wanted.files * (leastFileBytes + pieceBytes)) / maxItems));
  const units: ImportUnit[] = [];
  const large = new Set<number>();
  let from: UnitPlace = { file: 0, piece: 0 };
  let heldBytes = 0;
  let files = 0;
  const cut = (to: UnitPlace): void => {
    units.push({ unit: units.length, from, to });
    [from, heldBytes] = [to, 0];
  };
  return {
    add({ file, kind }, sizeBytes) {
      for (const { piece, begin, end } of piecesOf({ kind }, sizeBytes)) {
        const weight = Math.max(end - begin, piece === 0 ? leastFileBytes : 0);
        if (heldBytes > 0 && heldBytes + weight > most) {
          cut({ file, piece });
          if (piece > 0) large.add(file);
        }
        heldBytes += weight;
      }
      files = file + 1;
    },
    end() {
      if (heldBytes > 0) cut({ file: files, piece: 0 });
      return { units, large: [...large] };
    },
  };
}

/** In groups of as many as there have to be, one each where they are few. */
export function inGroups(files: readonly number[]): readonly FileGroup[] {
  const size = Math.max(1, Math.ceil(files.length / maxItems));
  return Array.from({ length: Math.ceil(files.length / size) }, (_, group) => ({ group, files: files.slice(group * size, (group + 1) * size) }));
}

/** What of a file's pieces is a unit's. @param count of its pieces */
export function piecesIn({ from, to }: Pick<ImportUnit, 'from' | 'to'>, file: number, count: number): { readonly first: number; readonly end: number } {
  return { first: file === from.file ? from.piece : 0, end: file === to.file ? Math.min(to.piece, count) : count };
}
