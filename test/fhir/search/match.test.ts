/** https://hl7.org/fhir/R4/search.html: the sentences about values, repeated parameters and several values. */
import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../../src/fhir/resource.ts';
import { escapeValue } from '../../../src/fhir/search/escapes.ts';
import { extract } from '../../../src/fhir/search/extract.ts';
import { match, satisfies } from '../../../src/fhir/search/match.ts';
import { normalizeString } from '../../../src/fhir/search/normalized-text.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import type { SearchValue } from '../../../src/fhir/search/values.ts';

const baseUrl = 'http://localhost:8080/datastore/a/r4';
const context = { now: Date.parse('2024-06-01'), baseUrl };

function finds(query: string, resource: Resource, lastUpdated?: number): boolean {
  const parameters = [...new URLSearchParams(query)];
  const { clauses } = parseSearch(resource.resourceType, parameters, { baseUrl, searchParameters: baseParameters });
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

const resources: readonly Resource[] = [
  patient,
  {
    resourceType: 'Observation', id: 'o1', meta: { profile: ['http://a.org/p|1.0'], source: 'http://a.org/s#1', tag: [{ system: 's', code: 't,$' }] },
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9', display: 'Pressure' }], text: 'Blood | pressure' },
    subject: { reference: `${baseUrl}/Patient/1/_history/2` }, effectivePeriod: { start: '2024-01-01', end: '2024-01-03' },
    component: [
      { code: { coding: [{ code: '8480-6' }] }, valueQuantity: { value: 120, unit: 'mmHg', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' } },
      { code: { coding: [{ code: '8462-4' }] }, valueQuantity: { value: 0.00054, comparator: '<', unit: 'a|b' } },
    ],
  },
  { resourceType: 'Observation', code: { coding: [{ code: 'a' }] }, valueDateTime: '2024-02', interpretation: [{ text: 'fine' }] },
  { resourceType: 'ValueSet', id: 'v', url: 'http://a.org/v,1', version: '1|2', title: 'A \\ title, (long)', date: '2024' },
  { resourceType: 'Location', position: { latitude: 42.2565, longitude: -83.69481 }, name: 'Here' },
  { resourceType: 'RiskAssessment', prediction: [{ probabilityDecimal: 1e-7 }, { probabilityRange: { low: { value: 5 }, high: { value: 10 } } }] },
  { resourceType: 'Group', characteristic: [{ code: { text: 'none' }, valueBoolean: true }, { code: { coding: [{ code: 'g$' }] }, valueCodeableConcept: { coding: [{ code: 'm' }] } }] },
  { resourceType: 'PlanDefinition', url: 'urn:uuid:1', library: ['http://a.org/Library/1|2.0', 'urn:oid:1.2|3'] },
];

/** The search value that asks for just this value. */
function asked(value: SearchValue): string | undefined {
  switch (value.kind) {
    case 'token': {
      const code = escapeValue(value.code ?? '');
      if (code === '') return value.system === undefined ? undefined : `${escapeValue(value.system)}|`;
      return value.systemImplied ? code : `${escapeValue(value.system ?? '')}|${code}`;
    }
    case 'reference':
      return value.url === '' ? undefined : escapeValue(value.url) + (value.version === undefined ? '' : versionForm(value));
    case 'string':
      return normalizeString(value.text) === '' ? undefined : escapeValue(value.text);
    case 'date':
      return Number.isFinite(value.low) ? `ge${new Date(value.low).toISOString()}` : undefined;
    case 'uri':
      return escapeValue(value.uri) + (value.version === undefined ? '' : `|${escapeValue(value.version)}`);
    case 'number':
      return Number.isFinite(value.high) ? `le${value.high}` : undefined;
    case 'quantity':
      return `${Number.isFinite(value.low) ? `ge${value.low}` : `le${value.high}`}|${escapeValue(value.system ?? '')}|${escapeValue(value.code ?? value.unit ?? '')}`;
    case 'position':
      return `${value.latitude}|${value.longitude}|0.001|km`;
    case 'composite': {
      const parts = value.components.map((values) => values.map(asked).find((part) => part !== undefined));
      return parts.includes(undefined) ? undefined : parts.join('$');
    }
  }
}

function versionForm({ version, id, url }: { readonly version?: string; readonly id?: string; readonly url: string }): string {
  return id === undefined || url.includes('/Library/') ? `|${version}` : `/_history/${version}`;
}

test('every value of a resource is found by what asks for it', () => {
  const all = resources.flatMap((resource) => extract(resource).flatMap(({ parameter, values }) => values.map((value) => ({ resource, parameter, value }))));
  const found = all.flatMap(({ resource, parameter, value }) => {
    const text = asked(value);
    if (text === undefined) return [];
    const [clause] = parseSearch(resource.resourceType, [[parameter.code, text]], { baseUrl, searchParameters: baseParameters }).clauses;
    const isSatisfied = clause!.criteria.some((criterion) => satisfies(value, criterion, context));
    return [{ kind: value.kind, code: parameter.code, text, isFound: isSatisfied && match(resource, clause!, context) }];
  });
  expect(found.filter(({ isFound }) => !isFound)).toEqual([]);
  expect(new Set(found.map(({ kind }) => kind)).size).toBe(9);
});

test('a value never satisfies a criterion of another kind', () => {
  const kinds = extract(patient).flatMap(({ values }) => values);
  for (const value of kinds) {
    expect(satisfies(value, value.kind === 'date' ? { kind: 'string', text: 'a' } : { kind: 'date', prefix: 'ne', low: 0, high: 1 }, context)).toBe(false);
  }
});
