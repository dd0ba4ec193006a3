/**
 * Units of measure in UCUM's base units, so that `5 mg` and `0.005 g` are found by one search
 * (https://hl7.org/fhir/R4/search.html#quantity, https://ucum.org/ucum).
 *
 * Arbitrary units as `[iU]` convert to nothing, by UCUM's own rule. Of the special units those on a straight scale
 * convert (`Cel`, `[degF]`); logarithmic ones (`[pH]`, `dB`) compare as written.
 */
import { prefixes, units, type Atom } from '../definitions/ucum-units.mjs';

export const ucumSystem = 'http://unitsofmeasure.org';

/** A unit that converts: `value × factor + offset` is the same in base units. */
export interface UcumUnit {
  /** The product of base units, as `m-3.g`; `1` for pure numbers. */
  readonly unit: string;
  readonly factor: number;
  readonly offset: number;
}

/** No unit in use is longer; what is longer is not read, so that a request cannot make work of it. */
export const maxUnitLength = 128;
/** Hospitals use some hundred units; the cache starts anew when it is full of others. */
export const maxCachedUnits = 1000;
/** Doubles hold 15 digits; conversion loses the last ones, and equal quantities have to have equal keys. */
const canonicalDigits = 12;
/** As far as UCUM's own units nest, and more. */
const maxDepth = 8;

const baseUnits = ['m', 's', 'g', 'rad', 'K', 'C', 'cd'] as const;
const cache = new Map<string, UcumUnit | null>();

/** `undefined` for a code that is not UCUM's, or that does not convert. */
export function ucumUnit(code: string): UcumUnit | undefined {
  const known = cache.get(code);
  if (known !== undefined) return known ?? undefined;
  if (code.length > maxUnitLength) return undefined;
  const unit = new UnitReader(code).read();
  if (cache.size >= maxCachedUnits) cache.clear();
  cache.set(code, unit ?? null);
  return unit;
}

/** The value in base units, rounded to 12 digits. Infinite values stay so. */
export function toBaseUnits(value: number, { factor, offset }: UcumUnit): number {
  return rounded(value * factor + offset) + 0;
}

/** Powers of ten are exact doubles up to this one. */
const maxExactPower = 22;
const powersOfTen = Array.from({ length: maxExactPower + 1 }, (_, exponent) => 10 ** exponent);

/** As `Number(value.toPrecision(12))`, but for ties, in a tenth of the time: every quantity that is stored passes here. */
function rounded(value: number): number {
  const places = canonicalDigits - 1 - Math.floor(Math.log10(Math.abs(value)));
  const power = powersOfTen[Math.abs(places)];
  if (power === undefined) return Number(value.toPrecision(canonicalDigits));
  const digits = Math.round(places < 0 ? value / power : value * power);
  // A division or product of whole numbers below 2^53 is rounded once, as the reading of a decimal is.
  return places < 0 ? digits * power : digits / power;
}

/** A product on its way: the magnitude, and the exponents of the base units. */
interface Product {
  factor: number;
  offset: number;
  readonly exponents: number[];
}

const symbolPattern = /(10[*^]|(?:\[[^[\]]*\]|[^\d\s()./+\-=*^"{}[\]])+)([+-]?\d{1,2})?/y;
const numberPattern = /\d{1,15}/y;
const annotationPattern = /\{[\x21-\x7a\x7c\x7e]*?\}/y;

/** Reads a unit by UCUM's grammar (https://ucum.org/ucum#section-Grammar-of-Units-and-Unit-Terms), left to right. */
class UnitReader {
  readonly #code: string;
  #position = 0;
  #depth = 0;

  constructor(code: string) {
    this.#code = code;
  }

  read(): UcumUnit | undefined {
    const product = this.#term();
    if (product === undefined || this.#position < this.#code.length) return undefined;
    const { factor, offset, exponents } = product;
    if (!Number.isFinite(factor) || factor <= 0) return undefined;
    return { unit: nameOf(exponents), factor, offset };
  }

  /** Components with `.` and `/` between them; a term may begin with `/`. */
  #term(): Product | undefined {
    let product: Product = { factor: 1, offset: 0, exponents: baseUnits.map(() => 0) };
    let isFirst = true;
    for (;;) {
      const operator = this.#operator();
      if (operator === undefined && !isFirst) return product;
      if (operator === '.' && isFirst) return undefined;
      const component = this.#component();
      if (component === undefined) return undefined;
      const isAlone = isFirst && operator === undefined;
      // A scale that does not begin at zero has no products (Cel/s is nothing).
      if (!isAlone && (component.offset !== 0 || product.offset !== 0)) return undefined;
      product = isAlone ? component : multiplied(product, component, operator === '/' ? -1 : 1);
      isFirst = false;
    }
  }

  #operator(): '.' | '/' | undefined {
    const character = this.#code[this.#position];
    if (character !== '.' && character !== '/') return undefined;
    this.#position++;
    return character;
  }

  #component(): Product | undefined {
    if (this.#code[this.#position] === '(') return this.#parenthesised();
    const symbol = this.#match(symbolPattern);
    const product = symbol === undefined ? this.#number() : fromSymbol(symbol[1]!, Number(symbol[2] ?? 1));
    const annotation = this.#match(annotationPattern);
    // An annotation that stands alone is the unity: {score}.
    if (symbol === undefined && product === undefined && annotation !== undefined) return pureNumber(1);
    return product;
  }

  #number(): Product | undefined {
    const digits = this.#match(numberPattern)?.[0];
    return digits === undefined ? undefined : pureNumber(Number(digits));
  }

  #parenthesised(): Product | undefined {
    if (++this.#depth > maxDepth) return undefined;
    this.#position++;
    const product = this.#term();
    if (product === undefined || this.#code[this.#position] !== ')') return undefined;
    this.#position++;
    this.#depth--;
    return product;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const match = pattern.exec(this.#code);
    if (match === null) return undefined;
    this.#position = pattern.lastIndex;
    return match;
  }
}

function pureNumber(factor: number): Product {
  return { factor, offset: 0, exponents: baseUnits.map(() => 0) };
}

/** A unit's symbol, or a metric unit's behind a prefix. */
function fromSymbol(symbol: string, exponent: number): Product | undefined {
  const atom = atomOf(symbol);
  if (atom !== undefined) return raised(atom, 1, exponent);
  for (const length of [2, 1]) {
    const prefix = symbol.slice(0, length);
    const behind = atomOf(symbol.slice(length));
    if (behind?.metric && Object.hasOwn(prefixes, prefix)) return raised(behind, prefixes[prefix]!, exponent);
  }
  return undefined;
}

function atomOf(symbol: string): Atom | undefined {
  return Object.hasOwn(units, symbol) ? units[symbol] : undefined;
}

function raised(atom: Atom, prefix: number, exponent: number): Product | undefined {
  if (atom.offset !== 0 && exponent !== 1) return undefined;
  const exponents = atom.exponents.map((one) => one * exponent);
  return { factor: (atom.factor * prefix) ** exponent, offset: atom.offset, exponents };
}

function multiplied(one: Product, other: Product, direction: 1 | -1): Product {
  const exponents = one.exponents.map((exponent, index) => exponent + direction * other.exponents[index]!);
  const factor = direction === 1 ? one.factor * other.factor : one.factor / other.factor;
  return { factor, offset: 0, exponents };
}

function nameOf(exponents: readonly number[]): string {
  const parts = exponents.map((exponent, index) => {
    if (exponent === 0) return '';
    return exponent === 1 ? baseUnits[index]! : `${baseUnits[index]!}${exponent}`;
  });
  return parts.filter(Boolean).join('.') || '1';
}
