/** `near`, the search for places by their distance (https://hl7.org/fhir/R4/location.html#near). */
import { isNumber, isObject, numberValue, type Json } from '../../json.ts';
import { earthRadiusMetres } from '../geohash.ts';
import { parseDecimal } from '../numeric-range.ts';
import { toBaseUnits, ucumUnit } from '../ucum.ts';
import type { PositionCriterion } from '../criteria.ts';
import type { PositionValue } from '../values.ts';

/** Where the search names no distance: within reach of a day's visit. The specification leaves it to the server. */
export const defaultDistanceMetres = 50_000;

/**
 * `latitude|longitude`, with `|distance` or `|distance|units` behind; kilometres unless units are given, which are UCUM
 * lengths, with or without their brackets (`km`, `m`, `[mi_i]`, `mi_us`). `undefined` when the text is none of that.
 */
export function parsePosition(text: string): PositionCriterion | undefined {
  const parts = text.split('|');
  if (parts.length < 2 || parts.length > 4) return undefined;
  const latitude = degrees(parts[0]!, 90);
  const longitude = degrees(parts[1]!, 180);
  const distanceMetres = distance(parts[2] ?? '', parts[3] ?? '');
  if (latitude === undefined || longitude === undefined || distanceMetres === undefined) return undefined;
  return { kind: 'position', latitude, longitude, distanceMetres };
}

function degrees(text: string, limit: number): number | undefined {
  const value = parseDecimal(text)?.value;
  return value === undefined || Math.abs(value) > limit ? undefined : value;
}

/** Units without a distance are irrelevant, as the specification says. */
function distance(text: string, units: string): number | undefined {
  if (text === '') return defaultDistanceMetres;
  const value = parseDecimal(text)?.value;
  if (value === undefined || value < 0) return undefined;
  if (units === '') return value * 1000;
  const unit = ucumUnit(units) ?? ucumUnit(`[${units}]`);
  return unit?.unit === 'm' ? toBaseUnits(value, unit) : undefined;
}

/** Great-circle distance by the haversine formula: off by up to half a percent, as the earth is no sphere. */
export function satisfiesPosition(value: PositionValue, criterion: PositionCriterion): boolean {
  return distanceMetres(value, criterion) <= criterion.distanceMetres;
}

interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

/** Between two places, in metres. */
export function distanceMetres(one: Place, other: Place): number {
  const radians = Math.PI / 180;
  const height = Math.sin(((other.latitude - one.latitude) * radians) / 2) ** 2;
  const width = Math.sin(((other.longitude - one.longitude) * radians) / 2) ** 2;
  const share = height + Math.cos(one.latitude * radians) * Math.cos(other.latitude * radians) * width;
  return 2 * earthRadiusMetres * Math.asin(Math.min(1, Math.sqrt(share)));
}

/** Location.position; one without both coordinates, or with impossible ones, is no value. */
export function fromPosition(values: PositionValue[], element: Json | undefined): void {
  if (!isObject(element) || !isNumber(element.latitude) || !isNumber(element.longitude)) return;
  const latitude = numberValue(element.latitude) + 0;
  const longitude = numberValue(element.longitude) + 0;
  if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) values.push({ kind: 'position', latitude, longitude });
}
