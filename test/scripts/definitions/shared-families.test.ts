import { describe, expect, test } from '@jest/globals';
import { sharedFamilies } from '../../../scripts/definitions/shared-families.ts';

const subject = 'reference.fromReference(values, resource.subject);';

describe('parameters that read the same elements', () => {
  test('a parameter for one target type is filed under the parameter for all', () => {
    const patient = "reference.fromReference(values, resource.subject, 'Patient');";
    expect(sharedFamilies([
      { code: 'patient', kind: 'reference', branches: [patient] },
      { code: 'subject', kind: 'reference', branches: [subject] },
    ])).toEqual({ patient: 'subject' });
  });

  test('a narrowed parameter never serves a wider one', () => {
    const email = "for (const item0 of list(resource.telecom)) { if (item0?.system === 'email') { token.fromContactPoint(values, item0); } }";
    const phone = email.replace('email', 'phone');
    const readings = [{ code: 'email', kind: 'token', branches: [email] }, { code: 'phone', kind: 'token', branches: [phone] }];
    expect(sharedFamilies(readings)).toEqual({});
    const telecom = 'for (const item0 of list(resource.telecom)) { token.fromContactPoint(values, item0); }';
    expect(sharedFamilies([...readings, { code: 'telecom', kind: 'token', branches: [telecom] }])).toEqual({ email: 'telecom', phone: 'telecom' });
  });

  test('a parameter of several elements serves those of each', () => {
    expect(sharedFamilies([
      { code: 'code', kind: 'token', branches: ['a'] },
      { code: 'combo-code', kind: 'token', branches: ['a', 'b'] },
      { code: 'component-code', kind: 'token', branches: ['b'] },
    ])).toEqual({ code: 'combo-code', 'component-code': 'combo-code' });
  });

  test.each(['number', 'quantity', 'uri', 'composite'])('so do parameters of the kind %s', (kind) => {
    expect(sharedFamilies([{ code: 'narrow', kind, branches: ['a'] }, { code: 'wide', kind, branches: ['a', 'b'] }])).toEqual({ narrow: 'wide' });
  });

  test('parameters of different kinds, and dates, are filed apart', () => {
    expect(sharedFamilies([
      { code: 'one', kind: 'date', branches: ['a'] },
      { code: 'two', kind: 'date', branches: ['a'] },
      { code: 'three', kind: 'token', branches: ['a'] },
    ])).toEqual({});
  });
});
