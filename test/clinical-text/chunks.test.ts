/**
 * Notes of any length in pieces of the service's limit
 * (https://docs.aws.amazon.com/comprehend-medical/latest/dev/comprehendmedical-quotas.html).
 */
import { describe, expect, test } from '@jest/globals';
import { chunksOf, maxChunkBytes, mergeEntities } from '../../src/clinical-text/chunks.ts';
import { localEngine } from '../../src/clinical-text/engine.ts';

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

describe('A note', () => {
  test('that fits is one piece', () => {
    expect(chunksOf('Denies cough.')).toEqual([{ text: 'Denies cough.', beginOffset: 0 }]);
  });

  test('of nothing but white space has no pieces', () => {
    expect(chunksOf(' \n\n ')).toEqual([]);
  });

  test.each([
    ['between paragraphs', 'Denies cough. No fever.\n\nHas asthma. On albuterol.', 40, ['Denies cough. No fever.\n\n', 'Has asthma. On albuterol.']],
    ['between lines', 'Denies cough\nHas asthma', 16, ['Denies cough\n', 'Has asthma']],
    ['between sentences', 'Denies cough. Has asthma.', 18, ['Denies cough. ', 'Has asthma.']],
    ['between words', 'severe asthma exacerbation', 15, ['severe asthma ', 'exacerbation']],
    ['between characters where there is nothing else', 'aaaaaaaaaa', 4, ['aaaa', 'aaaa', 'aa']],
  ] as const)('is cut %s', (_, text, limit, expected) => {
    expect(chunksOf(text, limit).map((chunk) => chunk.text)).toEqual(expected);
  });

  test('is never cut within a character, nor beyond the limit', () => {
    const text = '\u{1F600}\u00e9a'.repeat(100);
    const chunks = chunksOf(text, 10);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
    for (const chunk of chunks) {
      expect(bytes(chunk.text)).toBeLessThanOrEqual(10);
      expect(chunk.text).not.toMatch(/[\uD800-\uDBFF]$/);
    }
  });

  test('of any length is read in pieces, with offsets true to the whole', async () => {
    const note = 'Patient \u{1F600} denies chest pain. Takes Lipitor 20 mg daily for hyperlipidemia.\n\n'.repeat(600);
    const engine = localEngine();
    const chunks = chunksOf(note);
    expect(chunks.length).toBeGreaterThan(2);
    for (const chunk of chunks) expect(bytes(chunk.text)).toBeLessThanOrEqual(maxChunkBytes.detect);
    const { Entities } = mergeEntities(chunks, await Promise.all(chunks.map((chunk) => engine.detectEntities(chunk.text))));
    const points = [...note];
    expect(Entities).toHaveLength(1_800);
    const spans = Entities.flatMap((entity) => [entity, ...entity.Attributes]);
    expect(spans.every((span) => points.slice(span.BeginOffset, span.EndOffset).join('') === span.Text)).toBe(true);
    expect(new Set(spans.map(({ Id }) => Id)).size).toBe(spans.length);
  });
});
