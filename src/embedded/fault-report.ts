/**
 * Faults (what neither FHIR nor we foresaw) on standard error: where it happened, never what it was about.
 *
 * The message is left out: that of a JSON error quotes the text, which may be a patient's.
 */

/** Deep enough to see who called, short enough to read. */
const maxFrames = 12;

/** The error's class, its code where it has one, and the places in our code, one a line. */
export function faultText(error: unknown): string {
  if (!(error instanceof Error)) return 'a value that is no Error was thrown';
  const code = (error as NodeJS.ErrnoException).code;
  const stack = error.stack ?? '';
  const frames = stack.slice(stack.indexOf(error.message) + error.message.length).split('\n').filter((line) => /^\s+at /.test(line));
  return [`${error.name}${typeof code === 'string' ? ` (${code})` : ''}`, ...frames.slice(0, maxFrames)].join('\n');
}
