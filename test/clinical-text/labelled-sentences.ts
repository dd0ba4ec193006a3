/** The hand-labelled sentences: `{words|labels}` in a line of text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type Label = 'family' | 'negated' | 'past' | 'present' | 'uncertain';

export interface LabelledSpan {
  readonly begin: number;
  readonly end: number;
  readonly labels: readonly Label[];
}

export interface LabelledSentence {
  readonly text: string;
  readonly spans: readonly LabelledSpan[];
}

export type Half = 'development' | 'held-out';

export function labelledSentences(half: Half): readonly LabelledSentence[] {
  const lines = readFileSync(join(__dirname, `sentences.${half}.txt`), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(sentenceOf);
}

function sentenceOf(line: string): LabelledSentence {
  const spans: LabelledSpan[] = [];
  let text = '';
  for (const piece of line.split(/(\{[^}]*\})/)) {
    const marked = /^\{(.*)\|(.*)\}$/.exec(piece);
    const words = marked?.[1] ?? piece;
    const place = { begin: text.length, end: text.length + words.length };
    if (marked !== null) spans.push({ ...place, labels: marked[2]?.split(',') as Label[] });
    text += words;
  }
  return { text, spans };
}
