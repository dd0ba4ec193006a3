/** JSON as it is printed: indented for a person, as it came for a program. */
import { parseExact } from './exact-json.ts';
import type { Terminal } from './terminal.ts';

/** @param text JSON as the server sent it; empty prints nothing */
export async function printJson(text: string, terminal: Terminal): Promise<void> {
  if (text === '') return;
  await terminal.print(`${terminal.interactive ? JSON.stringify(parseExact(text), undefined, 2) : text.trimEnd()}\n`);
}
