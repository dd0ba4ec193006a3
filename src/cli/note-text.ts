/** The text of a note that is plain text, and how it is shown with what was found in it. */
import { styleText } from 'node:util';
import type { Fhir } from './fhir.ts';
import { members } from './read-note.ts';
import type { Json, Members, NoteEntity } from './read-note.ts';

/** @returns `undefined` where it is not plain text, whose text the server alone has */
export async function plainText(document: Members, fhir: Fhir): Promise<string | undefined> {
  const attachments = [...members(document, 'content').map(({ attachment }) => attachment as Members), ...members(document, 'presentedForm')];
  for (const { contentType, data, url } of attachments) {
    if (typeof contentType !== 'string' || !/^text\/plain\b/i.test(contentType)) continue;
    if (typeof data === 'string') return decoded(Buffer.from(data, 'base64'), contentType);
    const binary = /(?:^|\/)(Binary\/[A-Za-z0-9\-.]{1,64})/.exec(string(url))?.[1];
    if (binary === undefined) continue;
    const answer = await fhir.ask({ method: 'GET', path: `/${binary}`, headers: { accept: '*/*' } });
    return decoded(Buffer.from(await answer.arrayBuffer()), contentType);
  }
  return undefined;
}

/** As the server decodes it: offsets are of this text. */
function decoded(bytes: Uint8Array, contentType: string): string {
  const charset = /;\s*charset\s*=\s*"?([^";\s]{1,40})/i.exec(contentType)?.[1];
  for (const encoding of [charset ?? 'utf-8', 'utf-8', 'windows-1252']) {
    try {
      return new TextDecoder(encoding, { fatal: encoding !== 'windows-1252' }).decode(bytes);
    } catch {
      // The next one.
    }
  }
  return '';
}

/** What a terminal would take for an order of its own does not come from a note. */
export function shown(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll(/(?![\n\t])\p{Cc}/gu, ' ');
}

const colours = { MEDICAL_CONDITION: 'red', MEDICATION: 'green', TEST_TREATMENT_PROCEDURE: 'blue', ANATOMY: 'yellow' } as const;

/** Words that were found, with their numbers behind them; of words within others the others alone. */
export function marked(text: string, entities: readonly NoteEntity[], inColour: boolean): string {
  const characters = [...text];
  const pieces: string[] = [];
  let at = 0;
  for (const [index, { begin, end, category }] of entities.entries()) {
    if (begin < at) continue;
    pieces.push(shown(characters.slice(at, begin).join('')));
    const words = shown(characters.slice(begin, end).join(''));
    const colour = colours[category as keyof typeof colours] ?? 'magenta';
    pieces.push(inColour ? `${styleText([colour, 'underline'], words, { validateStream: false })}${styleText('dim', `[${index + 1}]`, { validateStream: false })}` : `[${words}][${index + 1}]`);
    at = end;
  }
  return [...pieces, shown(characters.slice(at).join(''))].join('');
}

function string(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
