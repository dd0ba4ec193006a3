/**
 * Sixty visit notes (ACI-Bench, Yim et al. 2023) read whole. They are unlabelled: what is checked is that answers are of the
 * service's form; ten were reviewed by eye (docs/enrichment.md). Skipped where the notes are not at hand.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { localEngine } from '../../src/clinical-text/engine.ts';
import type { Entities, Entity } from '../../src/ports/clinical-nlp.ts';

const file = join(__dirname, '../../../shared/data/notes/aci-bench-60.jsonl');
const notes = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { text: string }).text) : [];
const whenAtHand = notes.length > 0 ? describe : describe.skip;
const engine = localEngine();

/** Spans of a response that are not the words of the note at their place, or out of order, or have a score out of range. */
function wrong(note: string, { Entities: found }: Entities<Entity>): readonly Entity[] {
  const points = [...note];
  return found.filter((entity, index) => {
    const spans = [entity, ...entity.Attributes];
    const placed = spans.every(({ BeginOffset, EndOffset, Text }) => points.slice(BeginOffset, EndOffset).join('') === Text);
    const scores = [...spans, ...entity.Traits].every(({ Score }) => Score > 0 && Score <= 1);
    return !placed || !scores || entity.BeginOffset < (found[index - 1]?.BeginOffset ?? 0);
  });
}

whenAtHand('Sixty visit notes (skipped without ../shared/data/notes)', () => {
  test.each([
    'detectEntities', 'inferIcd10Cm', 'inferRxNorm', 'inferSnomedCt', 'detectPhi',
  ] as const)('are read by %s', async (operation) => {
    const answers = await Promise.all(notes.map((note) => engine[operation](note)));
    expect(notes).toHaveLength(60);
    expect(notes.flatMap((note, index) => answers[index] === undefined ? [] : wrong(note, answers[index]))).toEqual([]);
  });

  test('have conditions each, and every finding that is listed behind "denies" is negated', async () => {
    for (const note of notes) {
      const { Entities: found } = await engine.detectEntities(note);
      const conditions = found.filter(({ Category }) => Category === 'MEDICAL_CONDITION');
      expect(conditions.length).toBeGreaterThan(0);
      for (const [, words = ''] of note.matchAll(/[Dd]enies (chest pain|fever|shortness of breath|nausea|vomiting|abdominal pain)\b/g)) {
        const negated = conditions.filter(({ Text, Traits }) => Text === words && Traits.some(({ Name }) => Name === 'NEGATION'));
        expect(negated.length).toBeGreaterThan(0);
      }
    }
  });
});
