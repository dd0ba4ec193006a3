/**
 * The patterns of `regex` filters (https://hl7.org/fhir/R4/codesystem-filter-operator.html). Whoever may store a value
 * set writes them, so they are not given to JavaScript's matcher, which some patterns hold up for years: all positions
 * that a pattern can have reached are followed side by side, one character at a time.
 */
import { effort, type Spend } from './effort.ts';

/** Positions of a pattern, its counted repetitions written out: each costs a step a character. Published value sets have under 100. */
export const maxPatternPositions = 500;
/** Characters of a pattern, and so the members of its classes, each of which a step may look at. */
export const maxPatternLength = 1000;
/** Groups within groups. */
const maxPatternDepth = 20;

type Accepts = (character: string) => boolean;
/** Steps over one character, or to each of the positions that `next` names without one. */
interface Position {
  readonly accepts?: Accepts;
  /** What asking `accepts` costs, in steps: more than one for a class of many members. */
  readonly steps?: number;
  readonly next: number[];
}

/** Where a part of the pattern begins, and the positions whose `next` is still to be told. */
interface Part {
  readonly start: number;
  readonly open: readonly number[];
}

/**
 * @param spend is told of each position that is followed over a character
 * @returns `undefined` for a pattern that is too large, or asks what is not offered: looking around, back references, boundaries
 */
export function codePattern(pattern: string, spend: Spend = effort()): ((text: string) => boolean) | undefined {
  if (pattern.length > maxPatternLength) return undefined;
  try {
    return new PatternReader(pattern).read(spend);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

const digit: Accepts = (character) => character >= '0' && character <= '9';
const word: Accepts = (character) => /^\w$/.test(character);
const space: Accepts = (character) => /^\s$/.test(character);
const not = (accepts: Accepts): Accepts => (character) => !accepts(character);
const classes: Readonly<Record<string, Accepts>> = { d: digit, D: not(digit), w: word, W: not(word), s: space, S: not(space) };
const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f', v: '\v' };

class PatternReader {
  readonly #characters: readonly string[];
  readonly #positions: Position[] = [];
  #at = 0;

  constructor(pattern: string) {
    // The whole text has to match, with or without anchors.
    this.#characters = [...pattern.replace(/^\^/, '').replace(/(?<!\\)\$$/, '')];
  }

  read(spend: Spend): (text: string) => boolean {
    const whole = this.#alternatives(0);
    if (this.#at < this.#characters.length) throw new Unreadable();
    const end = this.#add({ next: [] });
    this.#close(whole.open, end);
    const positions = this.#positions;
    spend(positions.reduce((sum, { steps = 1 }) => sum + steps, 0));
    return (text) => matches({ positions, start: whole.start, end, spend }, text);
  }

  #alternatives(depth: number): Part {
    if (depth > maxPatternDepth) throw new Unreadable();
    const parts = [this.#sequence(depth)];
    while (this.#take('|')) parts.push(this.#sequence(depth));
    if (parts.length === 1) return parts[0]!;
    return { start: this.#add({ next: parts.map(({ start }) => start) }), open: parts.flatMap(({ open }) => open) };
  }

  #sequence(depth: number): Part {
    const start = this.#add({ next: [] });
    let open: readonly number[] = [start];
    while (this.#at < this.#characters.length && !'|)'.includes(this.#characters[this.#at]!)) {
      const part = this.#repeated(depth);
      this.#close(open, part.start);
      ({ open } = part);
    }
    return { start, open };
  }

  /** An atom with its quantifier. Counted repetitions read the atom anew for each, so that each has positions of its own. */
  #repeated(depth: number): Part {
    const from = this.#at;
    const first = this.#atom(depth);
    const count = this.#quantifier();
    if (count === undefined) return first;
    const after = this.#at;
    const again = (): Part => {
      this.#at = from;
      const part = this.#atom(depth);
      this.#at = after;
      return part;
    };
    return this.#times(again, count);
  }

  #times(again: () => Part, { least, most }: { readonly least: number; readonly most: number }): Part {
    const start = this.#add({ next: [] });
    let open: readonly number[] = [start];
    for (let times = 0; times < least; times++) {
      const part = again();
      this.#close(open, part.start);
      ({ open } = part);
    }
    if (most === Infinity) {
      const loop = this.#add({ next: [] });
      this.#close(open, loop);
      const part = again();
      this.#close([loop], part.start);
      this.#close(part.open, loop);
      return { start, open: [loop] };
    }
    const ends = [...open];
    for (let times = least; times < most; times++) {
      const part = again();
      this.#close(open, part.start);
      ({ open } = part);
      ends.push(...open);
    }
    return { start, open: ends };
  }

  #quantifier(): { least: number; most: number } | undefined {
    const counts = this.#counts();
    // That a repetition is to be short changes where a match ends, not whether there is one.
    if (counts !== undefined) this.#take('?');
    return counts;
  }

  #counts(): { least: number; most: number } | undefined {
    if (this.#take('*')) return { least: 0, most: Infinity };
    if (this.#take('+')) return { least: 1, most: Infinity };
    if (this.#take('?')) return { least: 0, most: 1 };
    const counted = /^\{(\d{1,4})(?:(,)(\d{1,4})?)?\}/.exec(this.#characters.slice(this.#at, this.#at + 11).join(''));
    if (counted === null) return undefined;
    this.#at += counted[0].length;
    const least = Number(counted[1]);
    const most = counted[2] === undefined ? least : counted[3] === undefined ? Infinity : Number(counted[3]);
    if (most < least) throw new Unreadable();
    return { least, most };
  }

  #atom(depth: number): Part {
    const character = this.#next();
    if (character === '(') return this.#group(depth);
    if ('*+?{}^$'.includes(character)) throw new Unreadable();
    const from = this.#at;
    const accepts = this.#acceptsOf(character);
    const position = this.#add({ accepts, steps: 1 + this.#at - from, next: [] });
    return { start: position, open: [position] };
  }

  #acceptsOf(character: string): Accepts {
    if (character === '[') return this.#class();
    if (character === '.') return (each) => each !== '\n';
    return character === '\\' ? this.#escaped() : (each) => each === character;
  }

  #group(depth: number): Part {
    if (this.#take('?') && !this.#take(':')) throw new Unreadable();
    const part = this.#alternatives(depth + 1);
    if (!this.#take(')')) throw new Unreadable();
    return part;
  }

  #escaped(): Accepts {
    const character = this.#next();
    const known = classes[character];
    if (known !== undefined) return known;
    const literal = controls[character] ?? character;
    // Letters and digits behind a backslash mean something else, as \b and \1 do.
    if (literal === character && /^[A-Za-z0-9]$/.test(character)) throw new Unreadable();
    return (each) => each === literal;
  }

  #class(): Accepts {
    const isNegated = this.#take('^');
    const parts: Accepts[] = [];
    while (!this.#take(']')) {
      const low = this.#next();
      if (low === '[') throw new Unreadable();
      const escaped = low === '\\' ? this.#escaped() : undefined;
      const high = this.#characters[this.#at + 1];
      if (escaped === undefined && this.#characters[this.#at] === '-' && high !== ']' && high !== '\\') {
        this.#at += 2;
        if (high === undefined || high < low) throw new Unreadable();
        parts.push((each) => each >= low && each <= high);
      } else parts.push(escaped ?? ((each) => each === low));
    }
    const any: Accepts = (each) => parts.some((accepts) => accepts(each));
    return isNegated ? not(any) : any;
  }

  #next(): string {
    const character = this.#characters[this.#at++];
    if (character === undefined) throw new Unreadable();
    return character;
  }

  #take(character: string): boolean {
    if (this.#characters[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #add(position: Position): number {
    if (this.#positions.length >= maxPatternPositions) throw new Unreadable();
    return this.#positions.push(position) - 1;
  }

  #close(open: readonly number[], next: number): void {
    for (const position of open) this.#positions[position]!.next.push(next);
  }
}

interface Program {
  readonly positions: readonly Position[];
  readonly start: number;
  readonly end: number;
  readonly spend: Spend;
}

function matches({ positions, start, end, spend }: Program, text: string): boolean {
  let reached = reachable(positions, [start]);
  spend(reached.size);
  for (const character of text) {
    const stepped: number[] = [];
    let steps = 0;
    for (const position of reached) {
      const { accepts, next, steps: own = 1 } = positions[position]!;
      steps += own;
      if (accepts?.(character)) stepped.push(...next);
    }
    spend(steps);
    if (stepped.length === 0) return false;
    reached = reachable(positions, stepped);
  }
  return reached.has(end);
}

/** The positions themselves and all that are reached from them without a character. */
function reachable(positions: readonly Position[], from: readonly number[]): ReadonlySet<number> {
  const reached = new Set(from);
  // A set is walked on as it grows.
  for (const position of reached) {
    const { accepts, next } = positions[position]!;
    if (accepts === undefined) for (const each of next) reached.add(each);
  }
  return reached;
}
