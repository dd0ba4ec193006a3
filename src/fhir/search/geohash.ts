/**
 * Geohashes: cells of the earth's surface named so that a cell's name begins with the name of the larger cell it lies in
 * (https://en.wikipedia.org/wiki/Geohash). The index of positions (https://hl7.org/fhir/R4/location.html#near) is in
 * their order.
 */

/** The circle on the earth's surface that is to be covered; degrees and metres. */
export interface Circle {
  readonly latitude: number;
  readonly longitude: number;
  readonly distanceMetres: number;
}

/** The mean radius of the earth (https://doi.org/10.1007/s001900050278). */
export const earthRadiusMetres = 6_371_008.8;

/** Each cell is a range read; a circle that needs more is cheaper found by walking the type. */
export const maxCells = 64;
/** 45 bits: cells of 5 m, finer than positions of buildings are measured; indexes stay in 32-bit integers. */
export const maxGeohashLength = 9;

const alphabet = '0123456789bcdefghjkmnpqrstuvwxyz';
const degree = Math.PI / 180;
/** Rounding in the haversine must not leave a cell out whose edge touches the circle. */
const marginDegrees = 1e-9;

/** The name of the cell that holds the position; `length` characters, 1 to `maxGeohashLength`. */
export function geohash(latitude: number, longitude: number, length: number): string {
  const { rows, columns } = grid(length);
  return nameOf(indexOf(latitude + 90, 180, rows), indexOf(longitude + 180, 360, columns), length);
}

/** The names, each once, of all cells that the circle may touch; `undefined` when there are more than `maxCells`. */
export function cellsCovering(circle: Circle, length: number): string[] | undefined {
  const { rows, columns } = grid(length);
  const { south, north, halfWidth } = boundingBox(circle);
  const first = indexOf(south + 90, 180, rows);
  const last = indexOf(north + 90, 180, rows);
  const width = 360 / columns;
  const west = Math.floor((circle.longitude - halfWidth + 180) / width);
  const across = Math.min(columns, Math.floor((circle.longitude + halfWidth + 180) / width) - west + 1);
  if ((last - first + 1) * across > maxCells) return undefined;
  const names: string[] = [];
  for (let row = first; row <= last; row++) {
    // Beyond the date line the columns begin anew.
    for (let step = 0; step < across; step++) names.push(nameOf(row, modulo(west + step, columns), length));
  }
  return names;
}

function boundingBox({ latitude, distanceMetres }: Circle) {
  const angle = distanceMetres / earthRadiusMetres;
  const height = angle / degree + marginDegrees;
  const south = Math.max(-90, latitude - height);
  const north = Math.min(90, latitude + height);
  // A circle around a pole goes through all longitudes.
  if (south === -90 || north === 90) return { south, north, halfWidth: 180 };
  const halfWidth = Math.asin(Math.min(1, Math.sin(angle) / Math.cos(latitude * degree))) / degree + marginDegrees;
  return { south, north, halfWidth };
}

/** Longitude has the first bit, so of an odd number of bits one more. */
function grid(length: number): { readonly rows: number; readonly columns: number } {
  return { rows: 2 ** Math.floor((5 * length) / 2), columns: 2 ** Math.ceil((5 * length) / 2) };
}

/** The northern and eastern edges of the map belong to the last row and column. */
function indexOf(offset: number, span: number, count: number): number {
  return Math.max(0, Math.min(count - 1, Math.floor((offset / span) * count)));
}

function nameOf(row: number, column: number, length: number): string {
  let name = '';
  let rowBit = Math.floor((5 * length) / 2) - 1;
  let columnBit = Math.ceil((5 * length) / 2) - 1;
  for (let position = 0; position < length; position++) {
    let character = 0;
    for (let bit = 0; bit < 5; bit++) {
      const ofColumn = (position * 5 + bit) % 2 === 0;
      character = character * 2 + (ofColumn ? (column >> columnBit--) & 1 : (row >> rowBit--) & 1);
    }
    name += alphabet[character];
  }
  return name;
}

function modulo(value: number, count: number): number {
  return ((value % count) + count) % count;
}
