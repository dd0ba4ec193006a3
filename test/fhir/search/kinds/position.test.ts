/** https://hl7.org/fhir/R4/location.html#near */
import { describe, expect, test } from '@jest/globals';
import { defaultDistanceMetres, distanceMetres, fromPosition, parsePosition, satisfiesPosition } from '../../../../src/fhir/search/kinds/position.ts';
import { cellsCovering, geohash, maxCells } from '../../../../src/fhir/search/geohash.ts';
import { parseJson, type Json } from '../../../../src/fhir/json.ts';
import type { PositionValue } from '../../../../src/fhir/search/values.ts';

const position = (latitude: number, longitude: number): PositionValue => ({ kind: 'position', latitude, longitude });
const finds = (query: string, latitude: number, longitude: number) => satisfiesPosition(position(latitude, longitude), parsePosition(query)!);
const distance = (text: string) => parsePosition(text)?.distanceMetres;

describe('latitude|longitude|distance|units', () => {
  test('kilometres are assumed where units are omitted', () => {
    expect(parsePosition('-83.694810|42.256500|11.20')).toEqual({ kind: 'position', latitude: -83.69481, longitude: 42.2565, distanceMetres: 11200 });
  });
  test('where the distance is omitted the server decides, and units are irrelevant', () => {
    expect(distance('40|-75')).toBe(defaultDistanceMetres);
    expect(distance('40|-75||[mi_i]')).toBe(defaultDistanceMetres);
  });
  test.each([
    ['km', 10_000], ['m', 10], ['cm', 0.1], ['[mi_i]', 16_093.44], ['mi_i', 16_093.44], ['[mi_us]', 16_093.472], ['mi_us', 16_093.472], ['[ft_i]', 3.048],
  ])('10 %s', (units, metres) => {
    expect(distance(`40|-75|10|${units}`)).toBeCloseTo(metres, 2);
  });
  test.each(['', '40', '40|-75|10|kg', '40|-75|10|x', '40|-75|-1|km', '91|0', '0|181', 'a|b', '1|2|3|km|5'])('%j is refused', (text) => {
    expect(parsePosition(text)).toBeUndefined();
  });
});

describe('distance', () => {
  test('a degree of latitude is about 111 km', () => {
    expect(distanceMetres(position(0, 0), position(1, 0))).toBeCloseTo(111_195, 0);
    expect([finds('0|0|111.1', 1, 0), finds('0|0|111.2', 1, 0)]).toEqual([false, true]);
  });
  test('the date line and the poles are no borders', () => {
    expect(finds('0|179.9|30', 0, -179.9)).toBe(true);
    expect(finds('89.9|0|30', 89.9, 180)).toBe(true);
    expect(finds('0|0|20100', 0, 180)).toBe(true);
  });
});

test('a position without both coordinates, or with impossible ones, is no value', () => {
  const read = (element: Json | undefined) => {
    const values: PositionValue[] = [];
    fromPosition(values, element);
    return values;
  };
  expect(read(parseJson('{"latitude": 42.10, "longitude": -83.5}'))).toEqual([position(42.1, -83.5)]);
  for (const element of [{ latitude: 1 }, { latitude: 91, longitude: 0 }, { latitude: 0, longitude: -181 }, { latitude: '1', longitude: 2 }, null, 5]) {
    expect(read(element)).toEqual([]);
  }
});

describe('geohashes', () => {
  test('name cells as everybody does', () => {
    expect(geohash(57.64911, 10.40744, 9)).toBe('u4pruydqq');
    expect(geohash(-25.382708, -49.265506, 8)).toBe('6gkzwgjz');
    expect([geohash(-90, -180, 3), geohash(90, 180, 3)]).toEqual(['000', 'zzz']);
  });
  test('the cells of a circle hold every position in it', () => {
    const places = [[52.52, 13.4], [0, 179.95], [-33.9, -179.99], [70, 25], [0, 0], [-89.99, 12]] as const;
    for (const [latitude, longitude] of places) {
      for (const distanceMetres of [0, 1000, 50_000, 300_000]) {
        const cells = cellsCovering({ latitude, longitude, distanceMetres }, 3);
        if (cells === undefined) continue;
        for (let bearing = 0; bearing < 360; bearing += 7) {
          const edge = destination([latitude, longitude], distanceMetres * 0.999999, bearing);
          expect(cells).toContain(geohash(edge[0], edge[1], 3));
        }
      }
    }
  });
  test('a circle of more cells than are worth reading one by one has none', () => {
    const circle = { latitude: 45, longitude: 0, distanceMetres: 50_000 };
    expect(cellsCovering(circle, 3)!.length).toBeLessThanOrEqual(4);
    expect(cellsCovering({ ...circle, distanceMetres: 20_000_000 }, 1)).toHaveLength(32);
    expect(cellsCovering({ ...circle, distanceMetres: 20_000_000 }, 3)).toBeUndefined();
    expect(new Set(cellsCovering({ ...circle, distanceMetres: 400_000 }, 3)).size).toBeLessThanOrEqual(maxCells);
  });
});

/** Where one arrives from a place, going straight on in a direction. */
function destination([latitude, longitude]: readonly [number, number], metres: number, bearing: number): readonly [number, number] {
  const radians = Math.PI / 180;
  const angle = metres / 6_371_008.8;
  const north = Math.asin(Math.sin(latitude * radians) * Math.cos(angle) + Math.cos(latitude * radians) * Math.sin(angle) * Math.cos(bearing * radians));
  const east = Math.atan2(
    Math.sin(bearing * radians) * Math.sin(angle) * Math.cos(latitude * radians),
    Math.cos(angle) - Math.sin(latitude * radians) * Math.sin(north),
  );
  return [north / radians, ((longitude + east / radians + 540) % 360) - 180];
}
