/**
 * Negation, uncertainty, family and time against sentences labelled by hand. One half was tuned on, the other was not
 * (docs/enrichment.md). The measure is that of NegEx (Chapman et al. 2001): a finding that is not found at all counts as not negated.
 */
import { describe, expect, test } from '@jest/globals';
import { localEngine } from '../../src/clinical-text/engine.ts';
import type { Entity } from '../../src/ports/clinical-nlp.ts';
import type { Half, Label, LabelledSpan } from './labelled-sentences.ts';
import { labelledSentences } from './labelled-sentences.ts';

const engine = localEngine();

function labelsOf(entity: Entity | undefined): readonly Label[] {
  const names = new Set(entity?.Traits.map(({ Name }) => Name));
  if (entity === undefined) return [];
  const found: Label[] = [];
  if (names.has('NEGATION')) found.push('negated');
  if (names.has('PERTAINS_TO_FAMILY')) found.push('family');
  if (names.has('PAST_HISTORY')) found.push('past');
  if (names.has('HYPOTHETICAL') || names.has('LOW_CONFIDENCE')) found.push('uncertain');
  return found.length > 0 ? found : ['present'];
}

function over(entities: readonly Entity[], span: LabelledSpan): Entity | undefined {
  return entities.find(({ Category, BeginOffset, EndOffset }) => {
    return Category !== 'ANATOMY' && BeginOffset < span.end && EndOffset > span.begin;
  });
}

/** What was labelled and what was found, by span. */
async function answers(half: Half): Promise<readonly { readonly wanted: readonly Label[]; readonly found: readonly Label[] }[]> {
  const answered = await Promise.all(labelledSentences(half).map(async ({ text, spans }) => {
    const { Entities } = await engine.detectEntities(text);
    return spans.map((span) => ({ wanted: span.labels, found: labelsOf(over(Entities, span)) }));
  }));
  return answered.flat();
}

/** The F1 of each label over all labelled spans of a half. */
async function figures(half: Half): Promise<Readonly<Record<Label, number>>> {
  const spans = await answers(half);
  const f1 = (label: Label): number => {
    const right = spans.filter(({ wanted, found }) => wanted.includes(label) && found.includes(label)).length;
    const wrong = spans.filter(({ wanted, found }) => wanted.includes(label) !== found.includes(label)).length;
    return 2 * right / (2 * right + wrong);
  };
  return { negated: f1('negated'), present: f1('present'), uncertain: f1('uncertain'), family: f1('family'), past: f1('past') };
}

describe('The local engine reads what a sentence says of a finding', () => {
  test('from at least 200 sentences labelled by hand, of which half were not tuned on', () => {
    const [development, heldOut] = [labelledSentences('development').length, labelledSentences('held-out').length];
    expect(development + heldOut).toBeGreaterThanOrEqual(200);
    expect(Math.abs(development - heldOut)).toBeLessThanOrEqual(2);
  });

  test.each(['development', 'held-out'] as const)('with a negation F1 of at least 0.9 in the %s half', async (half) => {
    const { negated, ...others } = await figures(half);
    expect(negated).toBeGreaterThanOrEqual(0.9);
    for (const figure of Object.values(others)) expect(figure).toBeGreaterThanOrEqual(0.85);
  });
});
