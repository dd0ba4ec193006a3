/** How a command ends when it does not end well. Anything else that is thrown is a defect of ours. */

/** Exit codes, as shells and other commands have them. */
export const exitCodes = { ok: 0, failed: 1, wrongUse: 2 } as const;

/** The command was understood and could not be done. The message says why, and what to do where we know. */
export class Failed extends Error {
  override readonly name = 'Failed';
  /** The status and body of the server's answer, for `--json`. */
  readonly answer: { readonly status: number; readonly body: unknown } | undefined;

  constructor(message: string, answer?: { readonly status: number; readonly body: unknown }) {
    super(message);
    this.answer = answer;
  }
}

/** Nothing answers at the endpoint, or not to its end. */
export class Unreachable extends Failed {}

/** The command line cannot be followed. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}
