/** https://hl7.org/fhir/R4/search.html: how a request is read, and what is refused. */
import { describe, expect, test } from '@jest/globals';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { defaultCount, maxClauses, maxCriteria, maxValuesLength, parseSearch } from '../../../src/fhir/search/parse.ts';
import { maxChainDepth } from '../../../src/fhir/search/parse-join.ts';
import { maxIncludes } from '../../../src/fhir/search/parse-include.ts';
import { maxSortKeys } from '../../../src/fhir/search/result-parameters.ts';
import type { SearchQuery } from '../../../src/fhir/search/search-query.ts';

const baseUrl = 'http://localhost:8080/datastore/a/r4/';
const parse = (type: string, query: string, strict?: boolean) =>
  parseSearch(type, [...new URLSearchParams(query)], { baseUrl, searchParameters: baseParameters, ...(strict === undefined ? {} : { strict }) });

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
      ['subject', undefined, [{ kind: 'reference', id: '1', type: 'Patient' }]],
    ]);
    expect(query).toMatchObject({ type: 'Observation', baseUrl, count: defaultCount, sort: [], total: 'none', explain: false });
    expect(query).toMatchObject({ conditions: [], lists: [], ignored: [] });
    expect(query).not.toHaveProperty('contained');
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
  test('without parameters is every resource of the type', () => {
    expect(parse('Patient', '').clauses).toEqual([]);
  });
});

describe('chained parameters', () => {
  const namesOf = (query: SearchQuery): string => [
    ...query.clauses.map(({ parameter, modifier }) => `${parameter.code}${modifier === undefined ? '' : `:${modifier}`}`),
    ...(query.joins ?? []).map((join) => (join.direction === 'forward'
      ? `${join.parameter.code}.(${join.targets.map((target) => `${target.type}.${namesOf(target)}`).join(' ')})`
      : `${join.referring.type}:${join.parameter.code}:${namesOf(join.referring)}`)),
  ].join('&');

  test.each([
    ['Observation', 'subject:Patient.name=a', 'subject.(Patient.name)'],
    ['Observation', 'subject.name=a', 'subject.(Patient.name Location.name)'],
    ['Observation', 'patient.organization.name:exact=a', 'patient.(Patient.organization.(Organization.name:exact))'],
    ['Encounter', 'patient._has:Group:member:_id=102', 'patient.(Patient.Group:member:_id Group.Group:member:_id)'],
    ['Patient', '_has:Observation:patient:code=1', 'Observation:patient:code'],
    ['Patient', '_has:Observation:patient:_has:AuditEvent:entity:agent=a', 'Observation:patient:AuditEvent:entity:agent'],
    ['Patient', '_has:Observation:patient:performer:Practitioner.name=a', 'Observation:patient:performer.(Practitioner.name)'],
  ])('%s?%s is read from link to link', (type, query, names) => {
    expect(namesOf(parse(type, query))).toBe(names);
  });
  test('each stand alone', () => {
    expect(parse('Patient', 'general-practitioner.name=Joe&general-practitioner.address-state=MN').joins).toHaveLength(2);
  });
  test('are kept for the self link', () => {
    expect(parse('Observation', 'subject:Patient.name=a').applied).toEqual([['subject:Patient.name', 'a']]);
  });
  test('without types through references to anything are read once for each type', () => {
    const query = parse('Provenance', 'target.patient.organization.name=a');
    expect(query.joins).toHaveLength(1);
  });
  test('go on by the types whose parameter of the name is a reference', () => {
    const [join] = parse('List', 'item.target.name=a').joins!;
    const types = join!.direction === 'forward' ? join!.targets.map(({ type }) => type) : [];
    expect(types).toContain('Provenance');
    expect(types).not.toContain('SearchParameter');
  });
  test('count as conditions, with their values', () => {
    expect(refusal('Patient', Array.from({ length: maxClauses + 1 }, () => 'organization.name=a').join('&')).message).toMatch(/up to 50 conditions/);
    const values = Array.from({ length: maxCriteria - 1 }, () => 'a').join(',');
    expect(refusal('Patient', `organization.active=${values}&gender=a,b`).message).toMatch(/values/);
  });
});

describe('_include and _revinclude', () => {
  test.each([
    ['_include=Observation:subject', { reverse: false, iterate: false, source: 'Observation', parameter: { code: 'subject' } }],
    ['_include=Observation:subject:Patient', { source: 'Observation', target: 'Patient' }],
    ['_include:iterate=Patient:*', { reverse: false, iterate: true, source: 'Patient' }],
    ['_revinclude:recurse=*', { reverse: true, iterate: true }],
  ])('%s is read as it says', (query, include) => {
    expect(parse('Observation', query).includes).toMatchObject([include]);
    expect(parse('Observation', query).applied).toHaveLength(1);
  });
  test('are absent where none is asked for, and several where there are several', () => {
    expect(parse('Observation', 'code=a')).not.toHaveProperty('includes');
    expect(parse('Observation', '_include=*&_include=Observation:subject&_revinclude=*').includes).toHaveLength(3);
  });
});

describe('what is refused with 400', () => {
  test.each([
    ['Patient', '_include=Patient:name', /no reference: those are general-practitioner, link, organization/],
    ['Patient', '_include=Nobody:name', /does not begin with a resource type/],
    ['Patient', '_include=Patient:link:Organization', /Patient:link cannot refer to/],
    ['Patient', '_include=Patient:*:Nobody', /cannot refer to/],
    ['Patient', '_include=Patient:link:Patient:x', /not of the form/],
    ['Patient', '_revinclude=Observation', /_revinclude is not of the form/],
    ['Patient', '_include:all=*', /with :iterate/],
    ['Patient', Array.from({ length: maxIncludes + 1 }, () => '_include=*').join('&'), /up to 50/],
    ['Patient', '_summary=text&_include=*', /cannot be mixed/],
    ['Patient', 'favourite=1', /no search parameter "favourite".*birthdate/],
    ['Patient', 'a%20b%3D=1', /no search parameter of that name/],
    ['Foo', 'name=a', /not a resource type/],
    ['Patient', '_query=a', /_query/],
    ['Observation', 'subject:Practitioner=1', /subject cannot refer to Practitioner/],
    ['Observation', 'subject:Patient=Group/1', /subject:Patient/],
    ['Observation', 'subject:Patient=urn:uuid:1', /subject:Patient/],
    ['Observation', 'subject.birthplace=a', /The rest of the chain is no search parameter of Group, Device, Patient, Location/],
    ['Observation', 'subject:Practitioner.name=a', /subject cannot refer to a type of that name, only to Group/],
    ['Observation', 'subject:Nothing.name=a', /subject cannot refer to a type of that name/],
    ['Observation', 'favourite.name=a', /no search parameter of the name before the first point/],
    ['Observation', 'code.name=a', /code \(token\) is no reference/],
    ['Observation', 'subject:Patient.name:below=a', /does not have the modifier :below/],
    ['Observation', 'subject:Patient.birthdate=a', /birthdate is not a date/],
    ['Observation', 'subject:Patient._count=1', /_count shapes the answer/],
    ['Patient', `${'link:Patient.'.repeat(maxChainDepth + 1)}name=a`, /up to 10 references/],
    ['Patient', '_has=a', /_has:Type:reference:parameter/],
    ['Patient', '_has:Observation:patient=a', /_has:Type:reference:parameter/],
    ['Patient', '_has:Observation:code:status=a', /no search parameter of that name that is a reference/],
    ['Patient', '_has:Nothing:patient:code=a', /no resource type/],
    ['Organization', '_has:Observation:patient:code=a', /patient of Observation cannot refer to Organization/],
    ['Patient', '_count=-1', /_count/],
    ['Patient', '_count=1&_count=2', /once/],
    ['Patient', 'name=a,,b', /name is empty/],
    ['Patient', 'gender=a|b|c', /gender is not of the form/],
    ['Patient', 'name=...', /name is not text/],
    ['Patient', 'birthdate=1980-13', /birthdate is not a date/],
    ['Patient', 'birthdate=xx1980', /birthdate is not a date/],
    ['Observation', 'date=2020-01-01T00:00:00+02:00', /%2B/],
    ['Observation', 'subject=a b', /subject is not an id/],
    ['RiskAssessment', 'probability=high', /probability is not a number as/],
    ['Observation', 'value-quantity=5|a|mg|b', /value-quantity is not of the form number/],
    ['Observation', 'code-value-quantity=a', /code-value-quantity is not one value for each component.*\(token\)\$.*\(quantity\)/],
    ['Observation', 'code-value-quantity=a$high', /value-quantity is not of the form number/],
    ['Observation', 'code-value-quantity=a$5$6', /code-value-quantity is not one value for each component/],
    ['ValueSet', 'url=http://a.org|1|2', /url is not a URI/],
    ['Location', 'near=here', /near is not of the form latitude/],
    ['Patient', '_text=(a or', /_text is not a text search/],
    ['Patient', '_content="', /_content is not a text search/],
    ['Patient', 'name:missing=yes', /name:missing is not true or false/],
    ['Patient', 'identifier:of-type=a|b', /identifier:of-type is not of the form system\|code\|value/],
    ['Observation', 'code:below=http://loinc.org|', /code:below is not of the form code or system/],
    ['Observation', 'code:text=...', /code:text is not text/],
    ['Patient', 'name=a\\b', /name has a backslash/],
    ['Patient', 'name=a\\', /name has a backslash/],
    ['Patient', '_list=a b', /_list is not the id/],
    ['AllergyIntolerance', '_list=$current-allergies', /functional lists/],
    ['Patient', '_list:not=1', /_list is offered without modifiers/],
    ['Patient', '_filter:not=1', /_filter is offered without modifiers/],
    ['Patient', '_type=Patient', /_type is not offered here/],
    ['Patient', '_contained=yes', /_contained is true, false or both/],
    ['Patient', '_containedType=yes', /_containedType is container or contained/],
    ['Patient', '_total=yes', /_total is none, estimate or accurate/],
    ['Patient', '_explain=yes', /_explain is true or false/],
    ['Patient', '_sort=_text', /_sort of Patient is offered by.*birthdate/],
    ['Patient', '_sort=_score', /_sort of Patient is offered by/],
    ['Patient', '_sort=name,', /_sort of Patient is offered by/],
    ['Observation', '_sort=code-value-quantity', /_sort of Observation/],
    ['Location', '_sort=near', /_sort of Location/],
    ['Patient', `_sort=${'name,'.repeat(maxSortKeys)}name`, /_sort takes up to/],
  ])('%s?%s', (type, query, message) => {
    const { status, issues } = refusal(type, query);
    expect(status).toBe(400);
    expect(issues[0]!.diagnostics).toMatch(message);
  });
  test('too many conditions, and too many values', () => {
    expect(refusal('Patient', Array.from({ length: maxClauses + 1 }, () => 'name=a').join('&')).message).toMatch(/up to 50/);
    expect(refusal('Patient', `_id=${'a,'.repeat(maxCriteria)}a`).message).toMatch(/up to 1000/);
    expect(refusal('Patient', `name=a&name=${'a'.repeat(maxValuesLength)}`).message).toMatch(/up to 131072 characters together/);
    expect(parse('Patient', `name=${'a'.repeat(maxValuesLength)}`).clauses).toHaveLength(1);
  });
  test('no message repeats a value', () => {
    for (const query of ['birthdate=Secret', 'gender=Secret|b|c', '_sort=Secret', '_count=Secret', 'general-practitioner=Sec ret', '_total=Secret',
      'name=a\\Secret', 'name:missing=Secret', 'identifier:of-type=Secret', '_text=(Secret', '_list=Sec ret', '_contained=Secret', '_explain=Secret',
      '_filter=Secret eq Secret', '_filter=name Secret Secret', '_filter=name eq "Secret', '_filter=birthdate eq Secret', '_filter=name pr Secret',
      '_content="Secret', 'Sec ret=1']) {
      expect(refusal('Patient', query).message).not.toMatch(/Sec/);
    }
  });
});

describe('the modifiers of each kind', () => {
  test.each([
    ['Patient', 'name:exact=Eve...', 'exact', { kind: 'string', text: 'Eve...' }],
    ['Patient', 'name:contains=eve', 'contains', { kind: 'string', text: 'eve' }],
    ['Patient', 'name:text=eve or adam', 'text', { kind: 'text', text: 'eve or adam' }],
    ['Patient', 'name:missing=true', 'missing', { kind: 'missing', missing: true }],
    ['Patient', 'birthdate:missing=false', 'missing', { kind: 'missing', missing: false }],
    ['RiskAssessment', 'probability:missing=false', 'missing', { kind: 'missing', missing: false }],
    ['Observation', 'value-quantity:missing=false', 'missing', { kind: 'missing', missing: false }],
    ['Observation', 'subject:missing=false', 'missing', { kind: 'missing', missing: false }],
    ['Location', 'near:missing=false', 'missing', { kind: 'missing', missing: false }],
    ['ValueSet', 'url:missing=false', 'missing', { kind: 'missing', missing: false }],
    ['Patient', '_id:not=1', 'not', { kind: 'token', code: '1' }],
    ['Patient', 'gender:not=male', 'not', { kind: 'token', code: 'male' }],
    ['Condition', 'code:text=headache', 'text', { kind: 'text', text: 'headache' }],
    ['Condition', 'code:above=s|c', 'above', { kind: 'token', system: 's', code: 'c' }],
    ['Condition', 'code:below=c', 'below', { kind: 'token', code: 'c' }],
    ['Condition', 'code:in=http://v|1', 'in', { kind: 'value-set', valueSet: 'http://v|1' }],
    ['Condition', 'code:not-in=ValueSet/1', 'not-in', { kind: 'value-set', valueSet: 'ValueSet/1' }],
    ['Patient', 'identifier:of-type=s|MR|44\\|6', 'of-type', { kind: 'identifier-type', system: 's', code: 'MR', value: '44|6' }],
    ['Observation', 'subject:identifier=s|1', 'identifier', { kind: 'token', system: 's', code: '1' }],
    ['Procedure', 'location:below=42', 'below', { kind: 'reference', id: '42' }],
    ['Procedure', 'location:above=Location/42', 'above', { kind: 'reference', type: 'Location', id: '42' }],
    ['ValueSet', 'url:below=http://a.org/', 'below', { kind: 'uri', uri: 'http://a.org/' }],
    ['ValueSet', 'url:above=http://a.org/b', 'above', { kind: 'uri', uri: 'http://a.org/b' }],
  ])('%s?%s', (type, query, modifier, criterion) => {
    expect(parse(type, query).clauses).toMatchObject([{ modifier, criteria: [criterion] }]);
  });
  test.each([
    ['Patient', 'name:below=a', /name \(string\) does not have the modifier :below: offered are :missing, :exact, :contains, :text/],
    ['Patient', 'gender:exact=a', /gender \(token\) does not have the modifier :exact: offered are :missing, :text, :not/],
    ['Patient', 'birthdate:exact=2020', /birthdate \(date\).*offered are :missing\./],
    ['Observation', 'subject:not=1', /subject \(reference\).*:missing, :identifier, :above, :below, a resource type, as :/],
    ['ValueSet', 'url:contains=a', /url \(uri\).*:missing, :above, :below/],
    ['Observation', 'code-value-quantity:missing=true', /composite\).*without modifiers only/],
    ['Location', 'near:exact=1|2', /special\).*offered are :missing\./],
    ['Patient', '_text:missing=true', /without modifiers only/],
    ['Patient', '_id:in=http://v', /_id .*:missing, :not/],
    ['Patient', 'name:starts-with=a', /does not have the modifier :starts-with/],
    ['Patient', 'name:Sm%20ith=a', /does not have that modifier/],
  ])('refuse %s?%s', (type, query, message) => {
    expect(refusal(type, query).message).toMatch(message);
    expect(refusal(type, query, false).message).toMatch(message);
  });
  test('of a reference include its target types, which are part of the value', () => {
    expect(parse('Observation', 'subject:Patient=1').clauses).toEqual(parse('Observation', 'subject=Patient/1').clauses);
  });
});

describe('the kinds of values', () => {
  test('composites: a value for each component, separated by $, prefixes included', () => {
    const [clause] = parse('Observation', 'code-value-quantity=http://loinc.org|2823-3$gt5.4|http://unitsofmeasure.org|mmol/L,a\\$b$5').clauses;
    expect(clause!.criteria).toMatchObject([
      { kind: 'composite', components: [{ kind: 'token', code: '2823-3' }, { kind: 'quantity', prefix: 'gt', value: 5.4, code: 'mmol/L' }] },
      { kind: 'composite', components: [{ kind: 'token', code: 'a$b' }, { kind: 'quantity', prefix: 'eq', value: 5 }] },
    ]);
  });
  test('numbers, positions, uris and full text', () => {
    expect(parse('RiskAssessment', 'probability=gt0.8').clauses[0]!.criteria).toMatchObject([{ kind: 'number', prefix: 'gt', value: 0.8 }]);
    expect(parse('Location', 'near=-83.694810|42.256500|11.20|km').clauses[0]!.criteria).toMatchObject([{ kind: 'position', latitude: -83.69481 }]);
    expect(parse('ValueSet', 'url=http://a.org|1').clauses[0]!.criteria).toMatchObject([{ kind: 'uri', uri: 'http://a.org', version: '1' }]);
    expect(parse('Condition', '_text=(bone OR liver) and metastases').clauses[0]!.criteria).toEqual([{ kind: 'text', text: '(bone OR liver) and metastases' }]);
    expect(parse('Condition', '_content=bone').clauses[0]!.criteria).toEqual([{ kind: 'text', text: 'bone' }]);
  });
  test('a relative _profile is a profile of this server', () => {
    expect(parse('Patient', '_profile=StructureDefinition/lipid').clauses[0]!.criteria).toEqual([{ kind: 'uri', uri: `${baseUrl}StructureDefinition/lipid` }]);
    expect(parse('Patient', '_profile=http://hl7.org/lipid').clauses[0]!.criteria).toEqual([{ kind: 'uri', uri: 'http://hl7.org/lipid' }]);
  });
  test('_list: one or several Lists, each parameter on its own', () => {
    expect(parse('Patient', '_list=42,List/43&_list=44').lists).toEqual([['42', '43'], ['44']]);
  });
});

describe('the parameters of results', () => {
  test('_sort: a comma-separated list of rules in priority order, each search parameter with or without -', () => {
    expect(parse('Observation', '_sort=status,-date,category,_id,subject').sort.map(({ parameter, descending }) => [parameter.code, descending])).toEqual([
      ['status', false], ['date', true], ['category', false], ['_id', false], ['subject', false],
    ]);
    expect(parse('Patient', '_sort=-_lastUpdated').sort).toMatchObject([{ parameter: { code: '_lastUpdated' }, descending: true }]);
  });
  test('_count=0 is treated the same as _summary=count: a total without matches', () => {
    for (const query of ['_count=0', '_summary=count', '_summary=count&_count=10', '_count=10&_summary=count', '_count=0&_total=none']) {
      expect(parse('Patient', query)).toMatchObject({ count: 0, total: 'accurate' });
    }
    expect(parse('Patient', '_count=0&_total=estimate')).toMatchObject({ count: 0, total: 'estimate' });
    expect(parse('Patient', '_count=1000&_summary=true&_elements=name&_pretty=true')).toMatchObject({ count: 1000, total: 'none' });
  });
  test('the server may answer less than _count asks for, and tells so', () => {
    expect(parse('Patient', '_count=5000')).toMatchObject({ count: 1000, applied: [['_count', '1000']] });
  });
  test('_total is none, estimate or accurate', () => {
    for (const total of ['none', 'estimate', 'accurate']) expect(parse('Patient', `_total=${total}`).total).toBe(total);
  });
  test('_contained: false is the default, true only contained, both; _containedType: container is the default', () => {
    expect(parse('Medication', '_contained=false&_containedType=contained')).not.toHaveProperty('contained');
    expect(parse('Medication', '_contained=true').contained).toEqual({ of: 'contained', answer: 'container' });
    expect(parse('Medication', '_containedType=contained&_contained=both').contained).toEqual({ of: 'both', answer: 'contained' });
  });
  test('_explain=true asks how the answer is found', () => {
    expect(parse('Patient', '_explain=true').explain).toBe(true);
    expect(parse('Patient', '_explain=false').explain).toBe(false);
  });
});

describe('empty parameters are not an error, just ignored', () => {
  test('and named, strict or not', () => {
    for (const strict of [true, false]) {
      expect(parse('Patient', 'name=&gender=male&_count=&_filter=&name=&_count=5', strict)).toMatchObject({
        clauses: [{ parameter: { code: 'gender' } }], conditions: [], count: 5,
        applied: [['gender', 'male'], ['_count', '5']], ignored: ['name', '_count', '_filter'],
      });
    }
  });
});

describe('Prefer: handling=lenient', () => {
  test('leaves out parameters that are unknown or not offered, and names each once', () => {
    const query = parse('Patient', 'favourite=1&_query=a&_has:Observation:patient:cod=a&_include=Patient:shoe&favourite=2&name=x&_type=Patient&a b=1', false);
    expect(query.applied).toEqual([['name', 'x']]);
    expect(query.ignored).toEqual(['favourite', '_query', '_has:Observation:patient:cod', '_include', '_type', 'a parameter of unknown form']);
  });
  test('still refuses an unsupported modifier, a chain of another form and a malformed value', () => {
    for (const query of ['name:below=a', '_has:Observation:patient=a', 'organization.name:below=a', 'birthdate=a', '_filter=name']) {
      expect(refusal('Patient', query, false).status).toBe(400);
    }
  });
});
