/** https://hl7.org/fhir/R4/search.html: the sentences about values, repeated parameters and several values. */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { escapeValue } from '../../../src/fhir/search/escapes.ts';
import { extract } from '../../../src/fhir/search/extract.ts';
import { match, satisfies } from '../../../src/fhir/search/match.ts';
import { normalizeString } from '../../../src/fhir/search/kinds/string.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import type { SearchValue } from '../../../src/fhir/search/values.ts';

const baseUrl = 'http://localhost:8080/datastore/a/r4';
const context = { now: Date.parse('2024-06-01'), baseUrl };

function finds(query: string, resource: Resource, lastUpdated?: number): boolean {
  const parameters = [...new URLSearchParams(query)];
  const { clauses } = parseSearch(resource.resourceType, parameters, { baseUrl });
  return clauses.every((clause) => match(resource, clause, lastUpdated === undefined ? context : { ...context, lastUpdated }));
}

const patient: Resource = {
  resourceType: 'Patient',
  id: 'p1',
  meta: { lastUpdated: '2024-05-01T10:00:00.500Z' },
  identifier: [{ system: 'urn:oid:1.2.3', value: '443,33' }],
  active: true,
  name: [{ family: 'Chalmers', given: ['Peter', 'James'] }, { use: 'usual', given: ['Jim'] }],
  gender: 'male',
  birthDate: '1974-12-25',
  generalPractitioner: [{ reference: 'Practitioner/1' }, { reference: 'Organization/2/_history/3' }],
};

describe('a search', () => {
  test.each([
    'gender=male', 'gender=female,male', 'name=pet&name=jim', 'given=jam', 'family=CHAL', 'birthdate=1974', 'birthdate=1974-12-25',
    'birthdate=ge1970&birthdate=lt1980', 'active=true', 'identifier=443\\,33', 'identifier=urn:oid:1.2.3|443\\,33', 'deceased=false',
    'general-practitioner=1', 'general-practitioner=Practitioner/1', 'general-practitioner:Organization=2',
    `general-practitioner=${baseUrl}/Practitioner/1`, 'general-practitioner=Organization/2/_history/3', '_id=p1', '_id=x,p1',
    '_lastUpdated=2024-05-01', '_lastUpdated=gt2024-05-01T09:00Z', 'gender=http://hl7.org/fhir/administrative-gender|male',
  ])('finds by %s', (query) => {
    expect(finds(query, patient)).toBe(true);
  });
  test.each([
    'gender=female', 'name=pet&name=john', 'family=halmers', 'birthdate=1975', 'birthdate=sa1974-12-25', 'active=false', 'identifier=443',
    'identifier=|443\\,33', 'general-practitioner=Organization/1', 'general-practitioner:Practitioner=2', '_id=P1', '_id=p',
    '_lastUpdated=lt2024-05-01', 'general-practitioner=http://other.org/Practitioner/1', 'death-date=2020', 'death-date=ne2020',
  ])('does not find by %s', (query) => {
    expect(finds(query, patient)).toBe(false);
  });
  test('takes the time of the last update from the store where it is given', () => {
    expect(finds('_lastUpdated=2023', patient, Date.parse('2023-02-02'))).toBe(true);
    expect(finds('_lastUpdated=2024', patient, Date.parse('2023-02-02'))).toBe(false);
  });
});

/** The search value that asks for just this value. */
function asked(value: SearchValue): string | undefined {
  switch (value.kind) {
    case 'token': {
      const code = escapeValue(value.code ?? '');
      return value.systemImplied ? code : `${escapeValue(value.system ?? '')}|${code}`;
    }
    case 'reference':
      return value.url === '' ? undefined : escapeValue(value.url) + (value.version === undefined ? '' : versionForm(value));
    case 'string':
      return normalizeString(value.text) === '' ? undefined : escapeValue(value.text);
    case 'date':
      return Number.isFinite(value.low) ? `ge${new Date(value.low).toISOString()}` : undefined;
  }
}

const versionForm = ({ version, id }: { version?: string; id?: string }) => (id === undefined ? `|${version}` : `/_history/${version}`);

test('every value of a resource is found by what asks for it', () => {
  for (const { parameter, values } of extract(patient)) {
    for (const value of values) {
      const text = asked(value);
      if (text === undefined) continue;
      const [clause] = parseSearch('Patient', [[parameter.code, text]], { baseUrl }).clauses;
      expect(clause!.criteria.some((criterion) => satisfies(value, criterion, context))).toBe(true);
      expect(match(patient, clause!, context)).toBe(true);
    }
  }
});

test('a value never satisfies a criterion of another kind', () => {
  const kinds = extract(patient).flatMap(({ values }) => values);
  for (const value of kinds) {
    expect(satisfies(value, value.kind === 'date' ? { kind: 'string', text: 'a' } : { kind: 'date', prefix: 'ne', low: 0, high: 1 }, context)).toBe(false);
  }
});
