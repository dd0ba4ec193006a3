/** `caldera note`: a clinical note with what was found in it, and what became of each finding. */
import type { Command } from '../command.ts';
import { fhirPath } from '../fhir-path.ts';
import { marked, plainText, shown } from '../note-text.ts';
import { parsed, readNote } from '../read-note.ts';
import type { Made, NoteEntity, ReadNote } from '../read-note.ts';
import { propertiesText, tableText } from '../table-text.ts';

const note: Command = {
  name: 'note',
  words: 'ID',
  count: [1, 1],
  says: 'Print a clinical note with what was found in it, and what became of each.',
  options: {},
  details: 'ID is that of a DocumentReference, or of another document as DiagnosticReport/id. Of a note that is no plain text, as of a PDF, the findings are printed without it.',
  examples: ['note 6f1c2d', 'note DiagnosticReport/6f1c2d'],
  async run({ words: [word = ''], terminal, fhir: connected }) {
    const fhir = await connected();
    const { path } = fhirPath(word.includes('/') ? word : `DocumentReference/${word}`);
    const document = parsed(await (await fhir.ask({ method: 'GET', path })).text());
    const [read, text] = [await readNote(document, fhir), await plainText(document, fhir)];
    const inColour = terminal.interactive && !terminal.env['NO_COLOR'];
    if (text !== undefined) await terminal.print(`${marked(text, read.entities, inColour).trimEnd()}\n\n`);
    await terminal.print(propertiesText([['Status', read.status ?? 'not read'], ['', read.status === 'SUCCESS' ? undefined : read.message], ['Read by', read.engine]]));
    if (read.entities.length > 0) await terminal.print(`\n${findings(read)}`);
  },
};

function findings({ entities, made }: ReadNote): string {
  return tableText(['#', 'Words', 'What', 'Traits', 'Became'], entities.map((entity, index) => [
    String(index + 1), oneLine(entity.text), entity.type.toLowerCase().replaceAll('_', ' '), entity.traits.join(' '), became(entity, made),
  ]));
}

/** A medication that is an allergy too is two findings of the same words; the resource is of both. */
function became(entity: NoteEntity, made: readonly Made[]): string {
  const own = made.filter(({ begin, end }) => begin < entity.end && entity.begin < end);
  if (own.length > 0) return own.map(({ name, says }) => (says === '' ? name : `${name} (${shown(says)})`)).join(', ');
  const reason = reasons.find(([trait]) => entity.traits.includes(trait));
  return reason === undefined ? 'nothing' : `nothing: ${reason[1]}`;
}

const reasons: readonly (readonly [trait: string, says: string])[] = [
  ['NEGATION', 'it is denied'], ['HYPOTHETICAL', 'it is a possibility alone'], ['FUTURE', 'it is planned'], ['PERTAINS_TO_FAMILY', 'it is of a relative'],
];

function oneLine(text: string): string {
  return shown(text).replaceAll(/\s+/g, ' ');
}

export const noteCommands: readonly Command[] = [note];
