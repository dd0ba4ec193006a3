/** The parameters of a kick-off (https://hl7.org/fhir/uv/bulkdata/export.html#query-parameters). */
import { describe, expect, test } from '@jest/globals';
import { baseParameters } from '../../../src/fhir/search/parameters.ts';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { maxTypeFilters } from '../../../src/operations/export/export-job.ts';
import { askedExport, maxNamedPatients } from '../../../src/operations/export/parse-export.ts';
import type { AskedContext } from '../../../src/operations/export/parse-export.ts';
import { splitTypeFilters } from '../../../src/operations/export/type-filter-syntax.ts';
import { parseParameters } from '../../../src/operations/parameters.ts';

const baseUrl = 'http://localhost/datastore/test/r4';
const system: AskedContext = { level: 'system', method: 'GET', baseUrl, searchParameters: baseParameters, strict: true };
const patients: AskedContext = { ...system, level: 'patient', method: 'POST' };

const wishes = (query: string, context = system) => askedExport(parseParameters(query), context).wishes;
const ignored = (query: string, context = system) => askedExport(parseParameters(query), { ...context, strict: false });

function refusal(query: string, context = system): string {
  try {
    wishes(query, context);
  } catch (error) {
    if (error instanceof FhirError) return `${error.status} ${error.issues[0]!.code} ${error.message}`;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('the parameters of a kick-off', () => {
  test('without any everything is asked for', () => {
    expect(wishes('')).toEqual({});
    expect(wishes('_type=&_since=&_format=json')).toEqual({});
  });

  test('_outputFormat has three spellings of NDJSON, and no other format', () => {
    for (const format of ['application/fhir%2Bndjson', 'application/fhir+ndjson', 'application/ndjson', 'ndjson']) expect(wishes(`_outputFormat=${format}`)).toEqual({});
    expect(refusal('_outputFormat=application/fhir%2Bparquet')).toMatch(/^400 not-supported The _outputFormat/);
  });

  test('_type may be repeated, and separates types by commas', () => {
    expect(wishes('_type=Patient,Observation&_type=Condition, Patient').types).toEqual(['Condition', 'Observation', 'Patient']);
    expect(refusal('_type=Patient,Person1')).toMatch(/^400 not-supported _type/);
    expect(ignored('_type=Patient,Person1')).toEqual({ wishes: { types: ['Patient'] }, ignored: [expect.stringContaining('_type lists')] });
    expect(() => ignored('_type=Person1')).toThrow('names no resource type');
  });

  test('types that no patient has are refused at the level of patients, unless others are asked for too', () => {
    expect(refusal('_type=Organization,ValueSet', patients)).toMatch(/^400 not-supported None of the types/);
    expect(wishes('_type=Organization,Patient', patients).types).toEqual(['Organization', 'Patient']);
    expect(ignored('_type=Organization', patients).ignored).toHaveLength(1);
    expect(wishes('_type=Organization').types).toEqual(['Organization']);
  });

  test('_since and _until are instants, the plus sign of their zone as a client forgets to encode it', () => {
    expect(wishes('_since=2024-01-31T10:00:00Z&_until=2024-02-01T00:00:00%2B01:00')).toEqual({ since: Date.UTC(2024, 0, 31, 10), until: Date.UTC(2024, 0, 31, 23) });
    expect(wishes('_since=2024-01-31T10:00:00+01:00').since).toBe(Date.UTC(2024, 0, 31, 9));
    expect(wishes('_since=2024-01-31').since).toBe(Date.UTC(2024, 0, 31));
    for (const query of ['_since=yesterday', '_since=2024-02-30', '_since=2024&_since=2025', '_since=2024-02-01&_until=2024-01-01']) {
      expect(refusal(query)).toMatch(/^400 invalid/);
      expect(() => ignored(query)).toThrow(FhirError);
    }
  });

  test('_typeFilter is repeated, or separates searches by commas where a search begins', () => {
    const active = 'MedicationRequest?status=active';
    const completed = 'MedicationRequest?status=completed,stopped&date=gt2018-07-01T00:00:00Z';
    const query = `_typeFilter=${encodeURIComponent(active)}&_typeFilter=${encodeURIComponent(completed)}`;
    expect(wishes(query).typeFilters).toEqual([active, completed]);
    expect(wishes(`_type=MedicationRequest,Condition&_typeFilter=${encodeURIComponent(`${active},${completed}`)}`).typeFilters).toEqual([active, completed]);
    expect(splitTypeFilters('Encounter?status=finished%2Cunknown,Patient?name=a,b')).toEqual(['Encounter?status=finished%2Cunknown', 'Patient?name=a,b']);
  });

  test.each([
    ['Observation', 'a search of one resource type'],
    ['?status=final', 'a search of one resource type'],
    ['Patient/1/Observation?status=final', 'a search of one resource type'],
    ['Observation?status=', 'has no parameters'],
    ['Observation?colour=blue', 'colour'],
    ['Observation?_sort=date', 'shape an answer, such as _sort'],
    ['Observation?_include=Observation:subject', 'shape an answer, such as _include'],
    ['Observation?_elements=id', 'shape an answer, such as _elements'],
    ['Observation?date=yesterday', 'date'],
  ])('a _typeFilter as %s is refused, or left out where that is asked for', (filter, words) => {
    const query = `_typeFilter=${encodeURIComponent(filter)}&_typeFilter=Patient%3Fgender%3Dmale`;
    expect(refusal(query)).toContain(words);
    expect(refusal(query)).not.toMatch(/blue|yesterday/);
    const { wishes: kept, ignored: [told] } = ignored(query);
    expect(kept.typeFilters).toEqual(['Patient?gender=male']);
    expect(told).toContain(words);
  });

  test('a _typeFilter of a type that is not asked for is refused, and so are too many', () => {
    expect(refusal('_type=Patient&_typeFilter=Observation%3Fstatus%3Dfinal')).toContain('not among the types of _type');
    expect(refusal(Array.from({ length: maxTypeFilters + 1 }, () => '_typeFilter=Patient%3Fgender%3Dmale').join('&'))).toMatch(/^400 invalid There are more/);
  });

  test('_elements are of the root, of one type or of all', () => {
    expect(wishes('_elements=id,Patient.name&_elements=Observation.value').elements).toEqual([{ name: 'id' }, { type: 'Patient', name: 'name' }, { type: 'Observation', name: 'value' }]);
    for (const faulty of ['Patient.name.family', 'Patient.colour', 'Pacient.name', 'Patient.', '1']) {
      expect(refusal(`_elements=${faulty}`)).toMatch(/^400 not-supported _elements/);
      expect(ignored(`_elements=${faulty},id`).wishes.elements).toEqual([{ name: 'id' }]);
    }
  });

  test('patient names patients who are stored here, in requests about patients that are posted', () => {
    expect(wishes(`patient=Patient/1&patient=${encodeURIComponent(`${baseUrl}/Patient/2`)}&patient=Patient/1`, patients).patients).toEqual(['1', '2']);
    expect(refusal('patient=Patient/1', { ...patients, method: 'GET' })).toContain('may only be posted');
    expect(refusal('patient=Patient/1', { ...system, method: 'POST' })).toContain('for exports of patients');
    expect(ignored('patient=Patient/1', { ...patients, method: 'GET' }).wishes).toEqual({});
    for (const faulty of ['Observation/1', 'http://elsewhere.example.org/Patient/1', 'urn:uuid:1', 'a b']) {
      expect(refusal(`patient=${encodeURIComponent(faulty)}`, patients)).toMatch(/^400 invalid Each patient is a reference/);
    }
    const many = Array.from({ length: maxNamedPatients + 1 }, (_, each) => ['patient', `Patient/${each}`] as const);
    expect(() => askedExport(many, patients)).toThrow('Make them members of a Group');
  });

  test('_tag and _security are systems with codes, all of which have to be there', () => {
    expect(wishes('_tag=urn:a|1&_tag=|2&_security=urn:b|R')).toEqual({ tags: ['urn:a|1', '|2'], security: ['urn:b|R'] });
    expect(refusal('_tag=1')).toMatch(/^400 invalid _tag/);
    expect(refusal('_security=urn:b|')).toMatch(/^400 invalid _security/);
  });

  test('includeAssociatedData takes what is offered', () => {
    expect(wishes('includeAssociatedData=RelevantProvenanceResources').associated).toEqual(['RelevantProvenanceResources']);
    expect(refusal('includeAssociatedData=_mine')).toMatch(/^400 not-supported/);
    expect(ignored('includeAssociatedData=_mine,RelevantProvenanceResources')).toEqual({ wishes: { associated: ['RelevantProvenanceResources'] }, ignored: [expect.any(String)] });
  });

  test('organizeOutputBy=Patient is offered at all levels, for types that a patient may have', () => {
    for (const context of [system, patients]) expect(wishes('organizeOutputBy=Patient&_type=Observation,Organization', context)).toEqual({ organizedBy: 'Patient', types: ['Observation', 'Organization'] });
    expect(refusal('organizeOutputBy=Patient&_type=Organization')).toMatch(/^400 not-supported None of the types/);
    expect(refusal('organizeOutputBy=Patient&organizeOutputBy=Patient')).toMatch(/^400 invalid/);
  });

  test('what is not offered is refused by its name, or left out and told of', () => {
    for (const other of ['Organization', 'patient', 'Smith', 'Patient,Group']) expect(refusal(`organizeOutputBy=${other}`)).toBe('400 not-supported This value of organizeOutputBy is not supported. It takes Patient; without it each file has resources of one type.');
    expect(refusal('_sort=date')).toMatch(/^400 not-supported The parameter _sort/);
    expect(refusal('Smith 1970=date')).not.toContain('Smith');
    expect(ignored('organizeOutputBy=Group&_sort=date&_sort=id&_type=Patient')).toEqual({
      wishes: { types: ['Patient'] }, ignored: [expect.stringContaining('_sort'), expect.stringContaining('organizeOutputBy')],
    });
    expect(wishes('allowPartialManifests=true')).toEqual({});
    expect(refusal('allowPartialManifests=maybe')).toMatch(/^400 invalid/);
  });
});
