/**
 * Identifiers in a note, as DetectPHI reports them
 * (https://docs.aws.amazon.com/comprehend-medical/latest/dev/textanalysis-phi.html), by the list of the HIPAA Safe Harbor rule
 * (45 CFR 164.514(b)(2)): names by title, label or the way a note begins, dates, phone numbers, numbers of records, addresses,
 * e-mail, URLs, ages over 89. A name without any of these beside it is not found: this is a lexicon's eye, not a reader's.
 */
import type { EntityType } from '../../ports/clinical-nlp.ts';
import type { Token } from '../tokens.ts';
import { tokensOf } from '../tokens.ts';
import { addressEnd } from './addresses.ts';
import { ageEnd, dateEnd } from './dates.ts';
import { namesIn } from './names.ts';
import { electronicEnd, idEnd, phoneEnd } from './numbers.ts';
import type { Identifier } from './span.ts';

type Finder = (tokens: readonly Token[], at: number) => { readonly begin: number; readonly end: number } | undefined;

/** In the order in which they are tried; how sure each is. */
const finders: readonly { readonly type: EntityType; readonly score: number; readonly find: Finder }[] = [
  { type: 'EMAIL', score: 0.99, find: electronicEnd('EMAIL') },
  { type: 'URL', score: 0.95, find: electronicEnd('URL') },
  { type: 'DATE', score: 0.95, find: dateEnd },
  { type: 'ID', score: 0.95, find: idEnd },
  { type: 'PHONE_OR_FAX', score: 0.95, find: phoneEnd },
  { type: 'ADDRESS', score: 0.9, find: addressEnd },
  { type: 'AGE', score: 0.95, find: ageEnd },
];

/** The identifiers of a text, in its order; none overlaps another. Places are in UTF-16 code units. */
export function phiIn(text: string): readonly Identifier[] {
  const tokens = tokensOf(text);
  const found: Identifier[] = [];
  for (let at = 0; at < tokens.length;) {
    const hit = hitAt(tokens, at);
    if (hit !== undefined) found.push(hit.identifier);
    at = hit?.end ?? at + 1;
  }
  const names = namesIn(tokens).filter((name) => found.every(({ begin, end }) => name.end <= begin || name.begin >= end));
  return [...found, ...names].sort((one, other) => one.begin - other.begin);
}

function hitAt(tokens: readonly Token[], at: number): { readonly identifier: Identifier; readonly end: number } | undefined {
  for (const { type, score, find } of finders) {
    const hit = find(tokens, at);
    const [first, last] = [tokens[hit?.begin ?? 0], tokens[(hit?.end ?? 0) - 1]];
    if (hit === undefined || first === undefined || last === undefined) continue;
    return { identifier: { type, score, begin: first.begin, end: last.end }, end: hit.end };
  }
  return undefined;
}
