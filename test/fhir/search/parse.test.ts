/** https://hl7.org/fhir/R4/search.html: how a request is read, and what is refused. */
import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { defaultCount, maxClauses, maxCriteria, parseSearch } from '../../../src/fhir/search/parse.ts';

const baseUrl = 'http://localhost:8080/datastore/a/r4/';
const parse = (type: string, query: string, strict?: boolean) =>
  parseSearch(type, [...new URLSearchParams(query)], { baseUrl, ...(strict === undefined ? {} : { strict }) });

function refusal(type: string, query: string, strict?: boolean): FhirError {
  try {
    parse(type, query, strict);
  } catch (error) {
    if (error instanceof FhirError) return error;
    throw error;
  }
  throw new Error(`${type}?${query} was not refused.`);
}

describe('a query', () => {
  test('is all of its parameters, each any of its values', () => {
    const query = parse('Observation', 'code=http://loinc.org|8302-2,abc&date=ge2020&date=lt2021&subject:Patient=1');
    expect(query.clauses.map(({ parameter, modifier, criteria }) => [parameter.code, modifier, criteria])).toEqual([
      ['code', undefined, [{ kind: 'token', system: 'http://loinc.org', code: '8302-2' }, { kind: 'token', code: 'abc' }]],
      ['date', undefined, [{ kind: 'date', prefix: 'ge', low: Date.parse('2020-01-01'), high: Date.parse('2021-01-01') }]],
      ['date', undefined, [{ kind: 'date', prefix: 'lt', low: Date.parse('2021-01-01'), high: Date.parse('2022-01-01') }]],
      ['subject', 'Patient', [{ kind: 'reference', id: '1', type: 'Patient' }]],
    ]);
    expect(query).toMatchObject({ type: 'Observation', count: defaultCount, sort: [] });
  });
  test('keeps what was understood for the self link, in the order sent', () => {
    const { applied } = parse('Patient', 'name=a&unknown=1&_format=json&_count=5&name=b', false);
    expect(applied).toEqual([['name', 'a'], ['_format', 'json'], ['_count', '5'], ['name', 'b']]);
  });
  test('unescapes \\, \\| \\$ and \\\\', () => {
    const [clause] = parse('Patient', 'identifier=a\\,b,c\\|d,e\\$f\\\\g').clauses;
    expect(clause!.criteria).toEqual(['a,b', 'c|d', 'e$f\\g'].map((code) => ({ kind: 'token', code })));
  });
  test('takes a URL of this server for a local reference', () => {
    const [clause] = parse('Observation', `subject=${baseUrl}Patient/1`).clauses;
    expect(clause!.criteria).toEqual([{ kind: 'reference', type: 'Patient', id: '1', url: `${baseUrl}Patient/1` }]);
  });
  test('may be sorted by one date, and bounded', () => {
    const { sort, count } = parse('Observation', '_sort=-date&_count=1000&_total=none&_summary=true&_elements=code&_pretty=true');
    expect(sort).toMatchObject([{ parameter: { code: 'date' }, descending: true }]);
    expect(count).toBe(1000);
    expect(parse('Patient', '_sort=_lastUpdated').sort).toMatchObject([{ parameter: { code: '_lastUpdated' }, descending: false }]);
  });
  test('without parameters is every resource of the type', () => {
    expect(parse('Patient', '').clauses).toEqual([]);
  });
});

describe('what is refused with 400', () => {
  test.each([
    ['Patient', 'favourite=1', /no search parameter "favourite".*birthdate/],
    ['Patient', 'a%20b%3D=1', /no search parameter of that name/],
    ['Foo', 'name=a', /not a resource type/],
    ['Observation', 'value-quantity=5', /value-quantity \(quantity\)/],
    ['RiskAssessment', 'probability=0.5', /probability \(number\)/],
    ['Observation', 'code-value-quantity=a$5', /code-value-quantity \(composite\)/],
    ['ValueSet', 'url=http://a.org', /url \(uri\)/],
    ['Location', 'near=1|2', /near \(special\)/],
    ['Patient', '_profile=http://a.org', /_profile \(uri\)/],
    ['Patient', '_text=a', /_text/],
    ['Patient', '_content=a', /_content/],
    ['Patient', '_query=a', /_query/],
    ['Patient', 'name:exact=a', /name .*without modifiers/],
    ['Patient', 'gender:not=male', /gender .*without modifiers/],
    ['Patient', 'birthdate:missing=true', /birthdate .*without modifiers/],
    ['Observation', 'subject:identifier=a', /subject.*resource type/],
    ['Observation', 'subject:Practitioner=1', /subject cannot refer to Practitioner/],
    ['Observation', 'subject:Patient=Group/1', /subject:Patient/],
    ['Observation', 'subject:Patient=urn:uuid:1', /subject:Patient/],
    ['Observation', 'subject.name=a', /Chained/],
    ['Observation', 'subject:Patient.name=a', /Chained/],
    ['Patient', '_has:Observation:patient:code=a', /_has/],
    ['Patient', '_include=Patient:link', /_include/],
    ['Patient', '_revinclude:iterate=Observation:patient', /_revinclude/],
    ['Patient', '_filter=name eq a', /_filter/],
    ['Patient', '_list=1', /_list/],
    ['Patient', '_contained=true', /_contained/],
    ['Patient', '_total=accurate', /_total/],
    ['Patient', '_count=0', /_count=0/],
    ['Patient', '_count=1001', /at most 1000/],
    ['Patient', '_count=-1', /_count/],
    ['Patient', '_count=1&_count=2', /once/],
    ['Patient', '_sort=name', /_sort .*birthdate/],
    ['Patient', '_sort=_id', /_sort/],
    ['Observation', '_sort=date,-_lastUpdated', /one parameter/],
    ['Patient', 'name=', /name has no value/],
    ['Patient', 'name=a,,b', /name is empty/],
    ['Patient', 'gender=a|b|c', /gender is not of the form/],
    ['Patient', 'name=...', /name is not text/],
    ['Patient', 'birthdate=1980-13', /birthdate is not a date/],
    ['Patient', 'birthdate=xx1980', /birthdate is not a date/],
    ['Observation', 'date=2020-01-01T00:00:00+02:00', /%2B/],
    ['Observation', 'subject=a b', /subject is not an id/],
  ])('%s?%s', (type, query, message) => {
    const { status, issues } = refusal(type, query);
    expect(status).toBe(400);
    expect(issues[0]!.diagnostics).toMatch(message);
  });
  test('too many conditions, and too many values', () => {
    expect(refusal('Patient', Array.from({ length: maxClauses + 1 }, () => 'name=a').join('&')).message).toMatch(/up to 50/);
    expect(refusal('Patient', `_id=${'a,'.repeat(maxCriteria)}a`).message).toMatch(/up to 1000/);
  });
  test('no message repeats a value', () => {
    for (const query of ['birthdate=Secret', 'gender=Secret|b|c', '_sort=Secret', '_count=Secret', 'general-practitioner=Sec ret', '_total=Secret']) {
      expect(refusal('Patient', query).message).not.toMatch(/Sec/);
    }
  });
});

describe('Prefer: handling=lenient', () => {
  test('leaves out parameters that are unknown or not offered', () => {
    expect(parse('Patient', 'favourite=1&_profile=http://a.org&_has:Observation:patient:code=a&name=x', false).applied).toEqual([['name', 'x']]);
  });
  test('still refuses an unsupported modifier, and a malformed value', () => {
    expect(refusal('Patient', 'name:exact=a', false).status).toBe(400);
    expect(refusal('Patient', 'birthdate=a', false).status).toBe(400);
  });
});
