/** A lexicon of the user's own, beside the sample (docs/clinical-lexicon.md): checked as a whole before the server starts. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { parseLexicon } from '../clinical-text/lexicon/format.ts';
import { WrongArguments } from './arguments.ts';

/** A hundred thousand lines of usual length; the thread that reads notes holds it in memory. */
const maxLexiconBytes = 32 * 1024 * 1024;
/** Enough to tell one content from another. */
const revisionHexDigits = 12;

export interface OwnLexicon {
  readonly text: string;
  /** Another one with each content: notes that were read by another are read anew where `$enrich` is asked. */
  readonly revision: string;
}

/** @throws WrongArguments with every mistake by its line */
export function ownLexicon(file: string): OwnLexicon {
  const bytes = bytesOf(file);
  const text = bytes.toString('utf8');
  const { problems } = parseLexicon(text);
  if (problems.length > 0) throw new WrongArguments(`--lexicon: the file has mistakes, so nothing of it is used.\n${problems.join('\n')}`);
  return { text, revision: createHash('sha256').update(bytes).digest('hex').slice(0, revisionHexDigits) };
}

function bytesOf(file: string): Buffer {
  try {
    if (statSync(file).size > maxLexiconBytes) throw new WrongArguments(`--lexicon: the file has more than ${maxLexiconBytes / 1024 / 1024} MB.`);
    return readFileSync(file);
  } catch (error) {
    if (error instanceof WrongArguments) throw error;
    throw new WrongArguments('--lexicon: the file cannot be read. Give the path of a text file.');
  }
}
