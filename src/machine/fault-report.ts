/**
 * Faults (what neither FHIR nor we foresaw) as an operator reads them: where it happened, never what it was about.
 *
 * The message is left out: that of a JSON error quotes the text, which may be a patient's, and that of a table's error
 * may quote a key.
 */

/** Deep enough to see who called, short enough to read. */
const maxFrames = 12;

export interface FaultPlace {
  /** The error's class. */
  readonly error: string;
  readonly code?: string;
  /** Places in our code, the innermost first. */
  readonly frames: readonly string[];
}

export function faultPlace(error: unknown): FaultPlace {
  if (!(error instanceof Error)) return { error: 'a value that is no Error', frames: [] };
  const code = (error as NodeJS.ErrnoException).code;
  const stack = error.stack ?? '';
  const frames = stack.slice(stack.indexOf(error.message) + error.message.length).split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, ...(typeof code === 'string' ? { code } : {}), frames: frames.slice(0, maxFrames) };
}

/** The error's class, its code where it has one, and the places in our code, one a line. */
export function faultText(error: unknown): string {
  const { error: name, code, frames } = faultPlace(error);
  return [`${name}${code === undefined ? '' : ` (${code})`}`, ...frames].join('\n');
}
