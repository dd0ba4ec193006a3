/** https://hl7.org/fhir/R4/search.html#modifiers: the sentences about each modifier, with hits and near misses. */
import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/fhir/json.ts';
import type { Resource } from '../../../src/fhir/resource.ts';
import { match, matchesQuery } from '../../../src/fhir/search/match.ts';
import { parseSearch } from '../../../src/fhir/search/parse.ts';
import { baseParameters, searchParameter } from '../../../src/fhir/search/parameters.ts';
import type { Clause, CodeSet } from '../../../src/fhir/search/criteria.ts';

const baseUrl = 'http://localhost:8080/datastore/a/r4';
const context = { now: Date.parse('2024-06-01'), baseUrl };

function finds(query: string, resource: Resource): boolean {
  return matchesQuery(resource, parseSearch(resource.resourceType, [...new URLSearchParams(query)], { baseUrl, searchParameters: baseParameters }), context);
}
const patient = (more: object): Resource => ({ resourceType: 'Patient', id: 'p1', ...more });
const named = (...given: string[]) => patient({ name: [{ given }] });

describe(':missing', () => {
  test('gender:missing=true returns all resources that do not have a value, =false those that have one', () => {
    expect(finds('gender:missing=true', patient({}))).toBe(true);
    expect(finds('gender:missing=true', patient({ gender: 'male' }))).toBe(false);
    expect(finds('gender:missing=false', patient({ gender: 'male' }))).toBe(true);
    expect(finds('gender:missing=false', patient({}))).toBe(false);
  });
  test('an element that is present with extensions but without a value is missing', () => {
    const absent = patient({ _birthDate: { extension: [{ url: 'http://a', valueString: 'unknown' }] } });
    expect(finds('birthdate:missing=true', absent)).toBe(true);
  });
  test('and a value of the same parameter are never satisfied at once', () => {
    expect(finds('gender=male&gender:missing=true', patient({ gender: 'male' }))).toBe(false);
  });
  test.each([
    ['Observation', 'subject', { subject: { reference: 'Patient/1' } }], ['Observation', 'value-quantity', { valueQuantity: { value: 1 } }],
    ['RiskAssessment', 'probability', { prediction: [{ probabilityDecimal: 0.1 }] }], ['ValueSet', 'url', { url: 'http://a' }],
    ['Patient', 'name', { name: [{ text: 'A' }] }], ['Condition', 'code', { code: { text: 'only text' } }],
  ])('works on %s?%s', (resourceType, code, element) => {
    expect(finds(`${code}:missing=false`, { resourceType, ...element })).toBe(true);
    expect(finds(`${code}:missing=true`, { resourceType, ...element })).toBe(false);
    expect(finds(`${code}:missing=true`, { resourceType })).toBe(true);
  });
  test('_lastUpdated is never missing where the store says it', () => {
    const { clauses } = parseSearch('Patient', [['_lastUpdated:missing', 'true']], { baseUrl, searchParameters: baseParameters });
    expect(match(patient({}), clauses[0]!, { ...context, lastUpdated: 5 })).toBe(false);
  });
});

describe('strings', () => {
  test('given:contains=eve finds Eve, Evelyn and Severine', () => {
    for (const name of ['Eve', 'Evelyn', 'Severine', 'SÉVERINE']) expect(finds('given:contains=eve', named(name))).toBe(true);
    expect(finds('given:contains=eve', named('Ev', 'e'))).toBe(false);
  });
  test('given:exact=Eve finds Eve, not eve, EVE or Evelyn', () => {
    expect(finds('given:exact=Eve', named('Adam', 'Eve'))).toBe(true);
    for (const name of ['eve', 'EVE', 'Evelyn', 'Éve', 'Eve.', ' Eve']) expect(finds('given:exact=Eve', named(name))).toBe(false);
  });
  test('canonically equivalent characters are exactly the same', () => {
    expect(finds(`given:exact=${encodeURIComponent('José')}`, named('Jose\u0301'))).toBe(true);
    expect(finds('given:exact=Jose', named('José'))).toBe(false);
  });
  test(':exact compares punctuation, :contains does not', () => {
    expect(finds('given:exact=-', named('-'))).toBe(true);
    expect(finds("given:contains=o'br", named('Mac OBrien'))).toBe(true);
    expect(finds('given:contains=mac-o', named('Mac OBrien'))).toBe(true);
  });
  test(':contains and :exact reach behind what the index keeps of a long text', () => {
    const text = `${'word '.repeat(20_000)}needle`;
    expect(finds('title:contains=dle', { resourceType: 'ValueSet', title: text })).toBe(true);
    expect(finds(`title:exact=${text}`, { resourceType: 'ValueSet', title: text })).toBe(true);
    expect(finds(`title:exact=${text}s`, { resourceType: 'ValueSet', title: text })).toBe(false);
    expect(finds('title=needle', { resourceType: 'ValueSet', title: text })).toBe(false);
  });
  test(':text searches with words, phrases and logic', () => {
    expect(finds('name:text=smith AND (eve OR adam)', patient({ name: [{ text: 'Eve Smith' }] }))).toBe(true);
    expect(finds('name:text="eve smit"', patient({ name: [{ text: 'Eve Smith' }] }))).toBe(false);
  });
});

const condition = (...codes: JsonObject[]): Resource => ({ resourceType: 'Condition', code: { coding: codes } });

describe('tokens', () => {
  test('gender:not=male includes all patients that do not have gender = male, including those without a gender', () => {
    expect(finds('gender:not=male', patient({ gender: 'female' }))).toBe(true);
    expect(finds('gender:not=male', patient({}))).toBe(true);
    expect(finds('gender:not=male', patient({ gender: 'male' }))).toBe(false);
  });
  test('the negation applies to the set, not to each entry', () => {
    const composition = (...codes: string[]): Resource => ({ resourceType: 'Composition', section: codes.map((code) => ({ code: { coding: [{ code }] } })) });
    expect(finds('section:not=48765-2', composition('a', '48765-2'))).toBe(false);
    expect(finds('section:not=48765-2', composition('a', 'b'))).toBe(true);
  });
  test(':not of several values has none of them', () => {
    expect(finds('gender:not=male,female', patient({ gender: 'other' }))).toBe(true);
    expect(finds('gender:not=male,female', patient({ gender: 'female' }))).toBe(false);
  });
  test('code:text=headache finds a text or a display, as a string search', () => {
    expect(finds('code:text=headache', { resourceType: 'Condition', code: { text: 'Bad Headache' } })).toBe(true);
    expect(finds('code:text=headache', condition({ code: 'x', display: 'Headaches' }))).toBe(true);
    expect(finds('code:text=head ache', condition({ code: 'x', display: 'Headaches' }))).toBe(false);
    expect(finds('code:text=headache', condition({ code: 'headache' }))).toBe(false);
    expect(finds('code:text=ache', condition({ display: 'Headache' }))).toBe(false);
  });
  test('identifier:text searches the text of the identifier’s type', () => {
    expect(finds('identifier:text=passport', patient({ identifier: [{ type: { text: 'Passport number' }, value: '1' }] }))).toBe(true);
    expect(finds('identifier:text=passport', patient({ identifier: [{ value: 'passport' }] }))).toBe(false);
  });
  const mrn = patient({ identifier: [{ type: { coding: [{ system: 'http://v2', code: 'MR' }, { system: 'http://x', code: 'Y' }] }, value: '446053' }, { value: '9' }] });
  test.each([
    ['http://v2|MR|446053', true], ['http://x|Y|446053', true], ['http://v2|MR|9', false], ['http://v2|Y|446053', false], ['http://v3|MR|446053', false],
    ['http://v2|MR|44605', false], ['http://v2|mr|446053', true],
  ])('identifier:of-type=%s: %s', (value, expected) => {
    expect(finds(`identifier:of-type=${value}`, mrn)).toBe(expected);
  });
  test('contenttype:below finds a MIME type whatever its parameters', () => {
    const document = (contentType: string): Resource => ({ resourceType: 'DocumentReference', content: [{ attachment: { contentType } }] });
    expect(finds('contenttype=text/xml', document('text/xml; charset=UTF-8'))).toBe(false);
    expect(finds('contenttype:below=text/xml', document('text/xml; charset=UTF-8'))).toBe(true);
    expect(finds('contenttype:below=text/xml', document('text/XML'))).toBe(true);
    expect(finds('contenttype:below=text/xml', document('text/xml-dtd'))).toBe(false);
    expect(finds('contenttype:below=text/xml; charset=UTF-8', document('text/xml;charset=utf-8'))).toBe(true);
    expect(finds('contenttype:below=text/xml; charset=UTF-8', document('text/xml'))).toBe(false);
    expect(finds('contenttype:below=urn:ietf:bcp:13|text/xml', document('text/xml'))).toBe(true);
    expect(finds('contenttype:below=http://a|text/xml', document('text/xml'))).toBe(false);
  });
});

describe('sets of codes', () => {
  const codes: CodeSet = { includes: ({ system, code }, implied) => (system === 's' || (implied && system === undefined)) && (code === 'a' || code === 'b') };
  const clause = (modifier: 'in' | 'not-in' | 'below' | undefined): Clause =>
    ({ parameter: searchParameter('Condition', 'code')!, ...(modifier === undefined ? {} : { modifier }), criteria: [{ kind: 'code-set', codes }] });
  test(':in, :above and :below: a coding is in the set', () => {
    for (const modifier of ['in', 'below', undefined] as const) {
      expect(match(condition({ system: 't', code: 'a' }, { system: 's', code: 'b' }), clause(modifier), context)).toBe(true);
      expect(match(condition({ system: 't', code: 'a' }, { system: 's', code: 'c' }), clause(modifier), context)).toBe(false);
      expect(match({ resourceType: 'Condition', code: { text: 'a' } }, clause(modifier), context)).toBe(false);
    }
  });
  test(':not-in: none is, and resources without a coding are found', () => {
    expect(match(condition({ system: 's', code: 'a' }, { system: 't', code: 'x' }), clause('not-in'), context)).toBe(false);
    expect(match(condition({ system: 's', code: 'c' }), clause('not-in'), context)).toBe(true);
    expect(match({ resourceType: 'Condition' }, clause('not-in'), context)).toBe(true);
  });
  test.each(['code:in=http://v', 'code:not-in=http://v', 'code:below=s|a', 'code:above=s|a'])('%s has to be resolved before', (query) => {
    expect(() => finds(query, condition({ system: 's', code: 'a' }))).toThrow(/not resolved/);
  });
  test('_list has to be resolved before', () => {
    expect(() => finds('_list=1', condition({}))).toThrow(/not resolved/);
  });
});

describe('references', () => {
  const subject = (reference: JsonObject): Resource => ({ resourceType: 'Observation', subject: reference });
  test('subject:identifier works as a token search on the identifier of the reference', () => {
    const logical = subject({ identifier: { system: 'http://mrn', value: 'A1' } });
    expect(finds('subject:identifier=http://mrn|A1', logical)).toBe(true);
    expect(finds('subject:identifier=A1', logical)).toBe(true);
    expect(finds('subject:identifier=a1', logical)).toBe(true);
    expect(finds('subject:identifier=http://mrn|', logical)).toBe(true);
    expect(finds('subject:identifier=|A1', logical)).toBe(false);
    expect(finds('subject:identifier=http://mrn|A2', logical)).toBe(false);
    expect(finds('subject:identifier=A1', subject({ reference: 'Patient/A1' }))).toBe(false);
    expect(finds('subject=A1', logical)).toBe(false);
  });
  test('subject:Patient=23 has the same effect as subject=Patient/23', () => {
    for (const query of ['subject:Patient=23', 'subject=Patient/23']) {
      expect(finds(query, subject({ reference: 'Patient/23' }))).toBe(true);
      expect(finds(query, subject({ reference: 'Group/23' }))).toBe(false);
    }
  });
  const instance = (definition: string): Resource => ({ resourceType: 'ServiceRequest', instantiatesCanonical: [definition] });
  test('definition:below without a version matches all versions, with |1 those that go on from it', () => {
    const url = 'http://acme.com/some-profile';
    for (const version of ['1.0', '1.1', '2.0']) expect(finds(`instantiates-canonical:below=${url}`, instance(`${url}|${version}`))).toBe(true);
    for (const version of ['1.0', '1.1', '1']) expect(finds(`instantiates-canonical:below=${url}|1`, instance(`${url}|${version}`))).toBe(true);
    for (const version of ['2.0', '10.0']) expect(finds(`instantiates-canonical:below=${url}|1`, instance(`${url}|${version}`))).toBe(false);
    expect(finds(`instantiates-canonical:below=${url}|1`, instance(url))).toBe(false);
    expect(finds(`instantiates-canonical:below=${url}`, instance(`${url}-2`))).toBe(false);
  });
});

describe('uris', () => {
  const valueSet = (url: string): Resource => ({ resourceType: 'ValueSet', url });
  test('by default matches are precise and the entire URI must match', () => {
    expect(finds('url=http://acme.org/fhir/ValueSet/123', valueSet('http://acme.org/fhir/ValueSet/123'))).toBe(true);
    expect(finds('url=http://acme.org/fhir/ValueSet/12', valueSet('http://acme.org/fhir/ValueSet/123'))).toBe(false);
    expect(finds('url=http://acme.org/fhir/valueset/123', valueSet('http://acme.org/fhir/ValueSet/123'))).toBe(false);
    expect(finds('url=urn:oid:1.2.3.4.5', valueSet('urn:oid:1.2.3.4.5'))).toBe(true);
  });
  test(':below finds URLs that start with it, :above those that it starts with', () => {
    expect(finds('url:below=http://acme.org/fhir/', valueSet('http://acme.org/fhir/ValueSet/123'))).toBe(true);
    expect(finds('url:below=http://acme.org/fhir/', valueSet('http://other.org/fhir/ValueSet/123'))).toBe(false);
    expect(finds('url:above=http://acme.org/fhir/ValueSet/123/_history/5', valueSet('http://acme.org/fhir/ValueSet/123'))).toBe(true);
    expect(finds('url:above=http://acme.org/fhir/ValueSet/123', valueSet('http://acme.org/fhir/ValueSet/1234'))).toBe(false);
  });
  test('_profile finds what meta.profile says, relative to this server', () => {
    const profiled = patient({ meta: { profile: ['http://hl7.org/fhir/StructureDefinition/lipid', `${baseUrl}/StructureDefinition/own`] } });
    expect(finds('_profile=http://hl7.org/fhir/StructureDefinition/lipid', profiled)).toBe(true);
    expect(finds('_profile=StructureDefinition/own', profiled)).toBe(true);
    expect(finds('_profile=StructureDefinition/lipid', profiled)).toBe(false);
    expect(finds('_profile:below=http://hl7.org/', profiled)).toBe(true);
  });
  test('_source, _tag and _security search the elements of meta', () => {
    const meta = { source: 'http://lab.org/1', tag: [{ system: 's', code: 't' }], security: [{ code: 'R', display: 'Restricted' }] };
    for (const query of ['_source=http://lab.org/1', '_tag=s|t', '_security=R', '_security:text=restr', '_tag:not=u']) {
      expect(finds(query, patient({ meta }))).toBe(true);
    }
    for (const query of ['_source=http://lab.org', '_tag=t|s', '_security=V', '_tag:not=t']) expect(finds(query, patient({ meta }))).toBe(false);
  });
});
