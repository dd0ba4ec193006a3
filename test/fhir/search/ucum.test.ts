/** https://ucum.org/ucum, held against the reference implementation of the U.S. National Library of Medicine. */
import { describe, expect, test } from '@jest/globals';
import { createRequire } from 'node:module';
import { units } from '../../../src/fhir/definitions/ucum-units.mjs';
import { maxUnitLength, toBaseUnits, ucumUnit } from '../../../src/fhir/search/ucum.ts';

interface Converted {
  readonly status: string;
  readonly magnitude?: number;
  readonly unitToExp?: Readonly<Record<string, number>>;
}
interface Library {
  readonly UcumLhcUtils: { getInstance(): { convertToBaseUnits(code: string, value: number): Converted } };
}

const library = (createRequire(__filename)('@lhncbc/ucum-lhc') as Library).UcumLhcUtils.getInstance();
const inBaseUnits = (value: number, code: string) => {
  const unit = ucumUnit(code);
  return unit && [toBaseUnits(value, unit), unit.unit];
};

/** One of the unit in base units, with 12 digits, and their product: as the library has it, written as ours. */
function expected(code: string): readonly [string, string] | undefined {
  const { status, magnitude, unitToExp = {} } = library.convertToBaseUnits(code, 1);
  if (status !== 'succeeded') return undefined;
  const parts = ['m', 's', 'g', 'rad', 'K', 'C', 'cd'].filter((base) => unitToExp[base]);
  return [magnitude!.toPrecision(12), parts.map((base) => (unitToExp[base] === 1 ? base : `${base}${unitToExp[base]}`)).join('.') || '1'];
}

function actual(code: string): readonly [string, string] | undefined {
  const unit = ucumUnit(code);
  return unit && [(unit.factor + unit.offset).toPrecision(12), unit.unit];
}

test.each([
  'mg', 'mmol/L', 'mg/dL', 'g/dL', '10*3/uL', '10*6/uL', '10*12/L', 'kg/m2', '/min', '{beats}/min', 'mm[Hg]', 'cm[H2O]', 'meq/L', 'U/L', 'mU/L', 'fL',
  'pg', 'ng/mL', 'ug/mL{FEU}', 'mL/min/{1.73_m2}', 'mmol/mol', '%', '%{Hb}', '{score}', '1', 'a', 'mo', 'wk', 'd', 'h', 'min', 's', '[lb_av]', '[in_i]',
  '[ft_i]', '[oz_av]', 'L/min', 'mosm/kg', 'nmol/h/mg{protein}', 'mg/(24.h)', 'g.m/s2', 'm2', 's-1', '10*-3', 'kat/L', 'Torr', '[ppm]', '/[HPF]', '24.h',
  'Cel', '[degF]', 'K', 'MG', 'J/(kg.d)', 'W/m2', 'mV', 'dyn.s.cm-5', 'uL/(10*9)', 'm/s2', '[pi].rad', 'k[H2O]',
])('%s converts as the reference implementation has it', (code) => {
  expect(actual(code)).toEqual(expected(code));
});

test('every unit that takes no other scale converts as the reference implementation has it', () => {
  const differing = Object.keys(units).filter((code) => String(actual(code)) !== String(expected(code)));
  // The library's Réaumur scale multiplies the zero as well.
  expect(differing).toEqual(['[degRe]']);
  expect(Object.keys(units).length).toBeGreaterThan(240);
});

describe('rounding', () => {
  test.each([
    [98.6, '[degF]', [310.15, 'K']],
    [37, 'Cel', [310.15, 'K']],
    [5.4, 'mg', [0.0054, 'g']],
    [140, 'mg/dL', [1400, 'm-3.g']],
    [4.5, '10*3/uL', [4_500_000_000_000, 'm-3']],
    [120, 'mm[Hg]', [15_998_640, 'm-1.s-2.g']],
    [7.2, '%', [0.072, '1']],
    [-40, 'Cel', [233.15, 'K']],
    [-40, '[degF]', [233.15, 'K']],
  ] as const)('%d %s: equal quantities have equal numbers', (value, code, base) => {
    expect(inBaseUnits(value, code)).toEqual(base);
  });
});

test.each(['[iU]', '[IU]/L', "[arb'U]", '[hp_X]'])('the arbitrary unit %s does not convert', (code) => {
  expect(ucumUnit(code)).toBeUndefined();
});

test.each(['[pH]', 'dB', 'Np', '%[slope]', 'B[SPL]'])('%s, whose scale is no straight line, compares as written', (code) => {
  expect(ucumUnit(code)).toBeUndefined();
});

test.each([
  '', '/', 'm.', '.m', 'm//s', 'm/', '(m', 'm)', '2m', 'mg ', 'm g', 'foo', 'Cel/s', 'Cel2', '/Cel', 'K.Cel', 'm{a', '{a}{b}', '{a}m', 'constructor',
  'm/0', `${'('.repeat(9)}m${')'.repeat(9)}`, 'm'.repeat(maxUnitLength + 1), 'm999', '[]', 'µg',
])('%j is no unit', (code) => {
  expect(ucumUnit(code)).toBeUndefined();
});

test('an annotation changes nothing', () => {
  expect(ucumUnit('mg{creat}')).toEqual(ucumUnit('mg'));
  expect(ucumUnit('{anything at/all}')).toBeUndefined();
  expect(ucumUnit('{any-thing/at.all(2)}')).toEqual(ucumUnit('1'));
});
