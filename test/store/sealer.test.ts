import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../src/fhir/outcome.ts';
import { maxCursorBytes, openCursor, sealCursor } from '../../src/store/cursor.ts';
import { sealer } from '../../src/store/sealer.ts';

const secret = new Uint8Array(32).fill(1);
const tokens = sealer(secret);
const cursor = { instant: 1_767_225_600_000, driver: -1, place: { stage: 2, order: 'Søren', id: 'a-1' } };

describe('a sealed token', () => {
  test('gives the text back to whoever has the secret', () => {
    expect(sealer(secret.slice()).unseal(tokens.seal('Ærø 1.10'))).toBe('Ærø 1.10');
  });

  test('holds nothing that can be read', () => {
    expect(Buffer.from(tokens.seal('Jane Doe'), 'base64url').toString('latin1')).not.toContain('Jane');
  });

  test('is safe in a URL', () => {
    expect(tokens.seal('?&=/+')).toMatch(/^[\w-]+$/);
  });

  test('of another store is not opened', () => {
    expect(sealer(new Uint8Array(32).fill(2)).unseal(tokens.seal('text'))).toBeUndefined();
  });

  test('is not opened when any of its bytes was changed', () => {
    const bytes = Buffer.from(tokens.seal('text'), 'base64url');
    for (const position of bytes.keys()) {
      const changed = Buffer.from(bytes);
      changed[position]! ^= 1;
      expect(tokens.unseal(changed.toString('base64url'))).toBeUndefined();
    }
  });

  test.each(['', 'x', 'AAAA', '%%%', 'A'.repeat(38)])('is told from %j, which nobody sealed', (token) => {
    expect(tokens.unseal(token)).toBeUndefined();
  });
});

describe('a cursor', () => {
  test('comes back as it was', () => {
    expect(openCursor(tokens, ['code', 'x'], sealCursor(tokens, ['code', 'x'], cursor))).toEqual(cursor);
  });

  test('is refused with another query, saying what to do', () => {
    const sealed = sealCursor(tokens, ['code', 'x'], cursor);
    expect(() => openCursor(tokens, ['code', 'y'], sealed)).toThrow(FhirError);
    expect(() => openCursor(tokens, ['code', 'y'], sealed)).toThrow(/start again without _cursor/);
  });

  test.each(['', 'nonsense', 'A'.repeat(maxCursorBytes + 1)])('is refused when it is %j', (sealed) => {
    expect(() => openCursor(tokens, [], sealed)).toThrow(FhirError);
  });

  test('of the longest place has at most a kilobyte', () => {
    const place = { stage: 1, order: '\u{10FFFF}'.repeat(16), id: 'x'.repeat(64) };
    expect(sealCursor(tokens, [], { ...cursor, place }).length).toBeLessThanOrEqual(maxCursorBytes);
  });
});
