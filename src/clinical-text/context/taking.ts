/** Sentences that tell what somebody takes or took: among allergies too, what they name is no allergy. The list is our own. */
import { phrases } from '../phrases.ts';
import type { Token } from '../tokens.ts';

const beginnings: readonly string[] = [
  'stop', 'stopped', 'discontinue', 'discontinued', 'hold', 'holding', 'held', 'completed', 'finished', 'start', 'started', 'continue', 'continues', 'switch', 'switched',
  'change', 'changed', 'increase', 'decrease', 'take', 'takes', 'taking', 'took', 'never took', 'was on', 'is on', 'on', 'remains on', 'is taking', 'was taking', 'currently on',
  'currently taking', 'uses', 'using', 'used to take', 'prescribed', 'was prescribed',
];

/** Before it stand `the patient`, `he has`. */
const latestBeginning = 2;

const known = phrases<true>();
for (const beginning of beginnings) known.add(beginning, true);

export function isOfTaking(tokens: readonly Token[]): boolean {
  for (let at = 0; at <= latestBeginning; at += 1) {
    // Behind a name or a comma it tells what came of it: `penicillin: stopped for a rash`.
    if (at > 0 && !subjects.has(tokens[at - 1]?.form ?? '')) return false;
    if (known.longestAt(tokens, at) !== undefined) return true;
  }
  return false;
}

const subjects: ReadonlySet<string> = new Set(['the', 'patient', 'pt', 'he', 'she', 'they', 'i', 'has', 'have', 'had', 'we', 'will', 'also']);
