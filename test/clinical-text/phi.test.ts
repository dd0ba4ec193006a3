/**
 * Identifiers by the list of the HIPAA Safe Harbor rule (45 CFR 164.514(b)(2)), in DetectPHI's types
 * (https://docs.aws.amazon.com/comprehend-medical/latest/dev/textanalysis-phi.html).
 */
import { describe, expect, test } from '@jest/globals';
import { localEngine } from '../../src/clinical-text/engine.ts';

const engine = localEngine();

async function found(text: string): Promise<readonly string[]> {
  const { Entities } = await engine.detectPhi(text);
  return Entities.map(({ Type, Text }) => `${Type} ${Text}`);
}

describe('An identifier is found', () => {
  test.each<readonly [string, readonly string[]]>([
    ['Ms. Mary O\u2019Neil-Smith was seen by Dr. John Q. Public.', ['NAME Mary O\u2019Neil-Smith', 'NAME John Q. Public']],
    ['Patient Name: Doe, Jane A.', ['NAME Doe, Jane A']],
    ['Jane Doe is a 45-year-old woman. Doe\u2019s cough is better.', ['NAME Jane Doe', 'NAME Doe']],
    ['Signed by: Alan Turing, MD', ['NAME Alan Turing']],
    ['Mr. Doe has gout. Patient John Doe is back with his son Peter Doe.', ['NAME Doe', 'NAME John', 'NAME Doe', 'NAME Peter', 'NAME Doe']],
    ['Refers to Jane Roe (MRN 5678).', ['NAME Jane Roe', 'ID 5678']],
    ['Grace Hopper, RN was there.', ['NAME Grace Hopper']],
    ['Seen 03/22/2021, 2021-03-22 and March 3rd, 2021; since 3/22.', [
      'DATE 03/22/2021', 'DATE 2021-03-22', 'DATE March 3rd, 2021', 'DATE 3/22',
    ]],
    ['Surgery in May 2019 and 12/2019', ['DATE May 2019', 'DATE 12/2019']],
    ['Call (555) 123-4567, 555.123.4567 or +1 555-123-4567', [
      'PHONE_OR_FAX (555) 123-4567', 'PHONE_OR_FAX 555.123.4567', 'PHONE_OR_FAX +1 555-123-4567',
    ]],
    ['Fax: 123-4567', ['PHONE_OR_FAX 123-4567']],
    ['MRN: 00123456, SSN 123-45-6789, Account # AB-12', ['ID 00123456', 'ID 123-45-6789', 'ID AB-12']],
    ['At 1200 North Main Street, Apt 4B, Springfield, IL 62701.', ['ADDRESS 1200 North Main Street, Apt 4B, Springfield, IL 62701']],
    ['Moved to New Haven, CT 06511-1234', ['ADDRESS New Haven, CT 06511-1234']],
    ['mary.o+x@example.org, https://example.org/a?b=1', ['EMAIL mary.o+x@example.org', 'URL https://example.org/a?b=1']],
    ['A 93-year-old man, aged 91; his wife is 89 years old.', ['AGE 93', 'AGE 91']],
  ])('%s', async (text, expected) => {
    expect((await found(text)).toSorted()).toEqual([...expected].sort());
  });
});

test.each([
  'Blood pressure 150/90, pain 5/10, takes 1/2 tablet.',
  'He may march on.',
  'The patient is a 45-year-old male with a temperature of 98.6.',
  'Lisinopril 20 mg, 3 times a day for 10 days.',
  'No acute distress. Denies chest pain.',
  'Dr. saw the patient at noon.',
])('Nobody is identified by: %s', async (text) => {
  expect(await found(text)).toEqual([]);
});
