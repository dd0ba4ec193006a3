/** `near` (https://hl7.org/fhir/R4/location.html#search): within a distance of a point. */
import type { Element } from './elements.ts';
import { split } from './escapes.ts';
import type { Verdict } from './json.ts';
import { conversion } from './units.ts';

const earthRadiusKm = 6371;
/** The earth is no sphere, and nothing says how to measure on it. */
const tolerance = 0.006;

/** `latitude|longitude|distance|unit`; without a distance the server chooses. */
export function nearMatches({ data }: Pick<Element, 'data'>, text: string): Verdict {
  const [latitude, longitude, distance, unit = 'km'] = split(text, '|');
  if (typeof data?.latitude !== 'number' || typeof data.longitude !== 'number') return false;
  if (distance === undefined || distance === '') return undefined;
  const kilometres = conversion(unit === '' ? 'km' : unit, 'km')?.(Number(distance));
  if (kilometres === undefined) return undefined;
  const between = distanceKm([data.latitude, data.longitude], [Number(latitude), Number(longitude)]);
  if (Math.abs(between - kilometres) <= tolerance * kilometres + 1e-6) return undefined;
  return between < kilometres;
}

type Point = readonly [latitude: number, longitude: number];

/** Along the great circle, by the vectors from the centre. */
export function distanceKm(one: Point, other: Point): number {
  const [ax, ay, az] = vector(one);
  const [bx, by, bz] = vector(other);
  const chord = Math.hypot(ax - bx, ay - by, az - bz);
  return 2 * earthRadiusKm * Math.asin(Math.min(1, chord / 2));
}

function vector([latitude, longitude]: Point): [number, number, number] {
  const phi = (latitude * Math.PI) / 180;
  const lambda = (longitude * Math.PI) / 180;
  return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
}
