/** What a command is: data for its parsing and help, and one function that does it. */
import type { Control } from './control.ts';
import type { Endpoint } from './endpoint.ts';
import type { Fhir } from './fhir.ts';
import type { Progress, Terminal } from './terminal.ts';

export interface Option {
  /** What stands for its value in the help, as `NAME`; without it the option is a switch. */
  readonly value?: string;
  /** It may be given more than once. */
  readonly multiple?: boolean;
  readonly says: string;
}

export interface Command {
  /** The words that call it, as `datastore create`. */
  readonly name: string;
  readonly says: string;
  /** What follows the name, as `Type/id [FILE]`. */
  readonly words?: string;
  /** The fewest and the most of them. */
  readonly count?: readonly [least: number, most: number];
  readonly options?: Readonly<Record<string, Option>>;
  /** What else one has to know; whole sentences. */
  readonly details?: string;
  /** Lines to try, without the leading `caldera`. */
  readonly examples: readonly string[];
  run(call: Call): Promise<void>;
}

/** The values of options, by name without dashes. */
export interface Values {
  /** The value of an option, or undefined when it was not given. */
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
  flag(name: string): boolean;
  /** A whole number. @throws WrongUse */
  number(name: string, range: { readonly least: number; readonly most: number }): number | undefined;
}

/** One call of a command. */
export interface Call {
  readonly words: readonly string[];
  readonly options: Values;
  /** Whether results are wanted as JSON. */
  readonly json: boolean;
  readonly terminal: Terminal;
  readonly progress: Progress;
  endpoint(): Promise<Endpoint>;
  control(): Promise<Control>;
  /** The data store that is named: by `--datastore`, the profile, or as the only one there is. */
  datastore(): Promise<string>;
  fhir(): Promise<Fhir>;
}
