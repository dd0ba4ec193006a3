/** Sections, sentences and lists of clinical notes. */
import { describe, expect, test } from '@jest/globals';
import { sentencesOf } from '../../src/clinical-text/sentences.ts';

/** Section and words of each sentence. */
function read(note: string): readonly string[] {
  return sentencesOf(note).map(({ section, tokens }) => {
    return `${section}: ${note.slice(tokens[0]?.begin, tokens.at(-1)?.end).replaceAll('\n', ' ')}`;
  });
}

describe('A note has sections', () => {
  test('by headings on lines of their own, in capitals or with a colon', () => {
    const note = 'CHIEF COMPLAINT\n\nCough.\n\nPMH:\nAsthma\n\nFamily History\nCancer\n\nASSESSMENT AND PLAN\nRest.';
    expect(read(note)).toEqual(['chief-complaint: Cough.', 'past-history: Asthma', 'family-history: Cancer', 'assessment: Rest.']);
  });

  test('by headings in front of their text, which hold for their paragraph', () => {
    expect(read('HPI:\nCough.\nFamily history: cancer\n\nHe sleeps.')).toEqual([
      'present-illness: Cough.', 'family-history: cancer', 'present-illness: He sleeps.',
    ]);
  });

  test('that end with a heading nobody knows', () => {
    expect(read('FAMILY HISTORY\nCancer\nCOURSE OF THINGS\nGood.')).toEqual(['family-history: Cancer', 'other: Good.']);
  });

  test('and no section by an abbreviation or a word of a sentence', () => {
    expect(read('ALLERGIES\nNKDA\nPlan to rest.')).toEqual(['allergies: NKDA', 'allergies: Plan to rest.']);
  });
});

describe('A sentence', () => {
  test.each<readonly [string, string, readonly string[]]>([
    ['ends with a full stop', 'No cough. No fever.', ['other: No cough.', 'other: No fever.']],
    ['does not end within Dr. Smith or 2.5 mg', 'Dr. Smith gave 2.5 mg p.o. daily.', ['other: Dr. Smith gave 2.5 mg p.o. daily.']],
    ['goes on where a margin broke it', 'The patient denies\nchest pain.', ['other: The patient denies chest pain.']],
    ['ends with an item of a list', '- cough\n- fever\n3. chills', ['other: cough', 'other: fever', 'other: chills']],
    ['ends before a label', 'No distress\nNeck: supple', ['other: No distress', 'other: Neck: supple']],
    ['ends with a question', 'Cough? yes', ['other: Cough?', 'other: yes']],
  ])('%s', (_, note, expected) => {
    expect(read(note)).toEqual(expected);
  });

  test('of a list knows what introduces it, and no longer behind it', () => {
    const leads = sentencesOf('Denies:\n- cough\n- fever\n\nHas asthma.').map(({ lead }) => lead.map(({ text }) => text).join(''));
    expect(leads).toEqual(['', 'Denies:', 'Denies:', '']);
  });

  test('is cut where it has no end', () => {
    expect(sentencesOf('word '.repeat(1_000))).toHaveLength(5);
  });
});
