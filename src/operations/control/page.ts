/** Pages of HealthLake's lists: `MaxResults` of them, and a sealed `NextToken` that only goes on with the same question. */
import { createHash } from 'node:crypto';
import { sealer } from '../../store/sealer.ts';
import { validationError } from './control-error.ts';

/** What a page has when nobody says; HealthLake does not tell its own. */
export const defaultMaxResults = 100;

/** What a list was asked for, without `NextToken` and `MaxResults`. */
export type Question = Readonly<Record<string, unknown>>;

export async function sealedToken(after: string, question: Question, secret: () => Promise<Uint8Array>): Promise<string> {
  return sealer(await secret()).seal(JSON.stringify({ after, question: digest(question) }));
}

/** @returns where the page begins; `undefined` at the beginning. @throws ControlError ValidationException */
export async function openedToken(token: string | undefined, question: Question, secret: () => Promise<Uint8Array>): Promise<string | undefined> {
  if (token === undefined || token === '') return undefined;
  const text = sealer(await secret()).unseal(token);
  const opened = text === undefined ? undefined : JSON.parse(text) as { after: string; question: string };
  if (opened?.question === digest(question)) return opened.after;
  throw validationError("The value at 'nextToken' is no token of this list. Send it with the parameters of the page before, or list from the beginning.");
}

/** The same for the same members, in whatever order they are. */
export function digest(question: Question): string {
  return createHash('sha256').update(JSON.stringify(question, (_name, value: unknown) => (
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value
  ))).digest('hex');
}
