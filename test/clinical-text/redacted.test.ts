/** A note without its identifiers (45 CFR 164.514(b)(2)). */
import { describe, expect, test } from '@jest/globals';
import { localEngine } from '../../src/clinical-text/engine.ts';
import { redactedText } from '../../src/clinical-text/redacted.ts';
import type { Entity } from '../../src/ports/clinical-nlp.ts';

const engine = localEngine();

function identifier(BeginOffset: number, EndOffset: number, Type: Entity['Type']): Entity {
  const rest = { Text: '', Score: 1, Category: 'PROTECTED_HEALTH_INFORMATION' as const, Traits: [], Attributes: [] };
  return { Id: BeginOffset, BeginOffset, EndOffset, Type, ...rest };
}

describe('A redacted text', () => {
  test('has the type of each identifier in its place, and every other word', async () => {
    const text = '\u{1F600} Jane Doe is a 93-year-old woman, MRN: 0012. Seen 03/22/2021 by Dr. Ray. Doe has asthma.';
    const { Entities } = await engine.detectPhi(text);
    const redacted = '\u{1F600} [NAME] is a [AGE]-year-old woman, MRN: [ID]. Seen [DATE] by Dr. [NAME]. [NAME] has asthma.';
    expect(redactedText(text, Entities)).toBe(redacted);
  });

  test('has nothing of identifiers that overlap', () => {
    expect(redactedText('ab cd ef', [identifier(3, 8, 'ADDRESS'), identifier(0, 5, 'NAME'), identifier(0, 2, 'NAME')])).toBe('[NAME]');
    expect(redactedText('ab cd ef', [identifier(6, 8, 'DATE'), identifier(0, 2, 'NAME')])).toBe('[NAME] cd [DATE]');
  });

  test('is the text where nobody is identified', () => {
    expect(redactedText('Denies cough.', [])).toBe('Denies cough.');
  });

  test.each([[3, undefined], [undefined, 5], [Number.NaN, 5], [5, 3], [3, 3], [-1, 2], [6, 99], [0.5, 2]])('is not made where an identifier has no place in it: from %s to %s', (begin, end) => {
    expect(() => redactedText('ab cd ef', [identifier(begin as number, end as number, 'NAME')])).toThrow(RangeError);
  });
});
