/** States of a state machine, as data: https://states-language.net/spec.html */

export type State = Readonly<Record<string, unknown>> & { readonly Type: string };

export interface Definition {
  readonly Comment: string;
  readonly StartAt: string;
  /** Of a whole run. */
  readonly TimeoutSeconds?: number;
  readonly States: Readonly<Record<string, State>>;
}
