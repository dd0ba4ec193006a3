import { describe, expect, test } from '@jest/globals';
import type { Resource } from '../../src/fhir/resource.ts';
import { selectElements, subsetted, summarize } from '../../src/fhir/subset.ts';
import { checkStructure } from '../../src/fhir/validate/structure.ts';

const div = '<div xmlns="http://www.w3.org/1999/xhtml">Heart rate</div>';
const observation: Resource = {
  resourceType: 'Observation',
  id: 'o1',
  meta: { versionId: '3', tag: [{ system: 'urn:a', code: 'b' }] },
  text: { status: 'generated', div },
  contained: [{ resourceType: 'Patient', id: 'p' }],
  modifierExtension: [{ url: 'urn:m', valueBoolean: true }],
  status: 'final',
  _status: { id: 's' },
  category: [{ text: 'vital signs' }],
  code: { extension: [{ url: 'urn:x', valueCode: 'y' }], coding: [{ code: '8867-4', userSelected: true }] },
  subject: { reference: '#p' },
  valueQuantity: { value: 60 },
  note: [{ text: 'calm' }],
  component: [{ code: { text: 'c' }, valueString: 'v', interpretation: [{ text: 'high' }] }],
};
const marked = { versionId: '3', tag: [{ system: 'urn:a', code: 'b' }, subsetted] };

describe('_summary', () => {
  test('true returns the elements marked as summary in the base definition, at every level', () => {
    expect(summarize(observation, 'true')).toEqual({
      resourceType: 'Observation',
      id: 'o1',
      meta: marked,
      modifierExtension: [{ url: 'urn:m', valueBoolean: true }],
      status: 'final',
      _status: { id: 's' },
      code: { coding: [{ code: '8867-4', userSelected: true }] },
      subject: { reference: '#p' },
      valueQuantity: { value: 60 },
      component: [{ code: { text: 'c' }, valueString: 'v' }],
    });
  });

  test('true leaves out the data of attachments, which is not marked, and keeps mandatory elements', () => {
    const document: Resource = {
      resourceType: 'DocumentReference',
      status: 'current',
      content: [{ attachment: { contentType: 'text/plain', data: 'QUJD', title: 'Note' } }],
    };
    expect(summarize(document, 'true').content).toEqual([{ attachment: { contentType: 'text/plain', title: 'Note' } }]);
    const link = { resourceType: 'Patient', link: [{ other: { reference: 'Patient/2' }, type: 'seealso' }] };
    expect(summarize(link, 'true').link).toEqual(link.link);
  });

  test('true leaves an element that has only extensions as it is', () => {
    const absent = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }] };
    expect(summarize({ ...observation, code: absent }, 'true').code).toEqual(absent);
  });

  test('text returns only the text, id and meta elements and the mandatory elements of the root', () => {
    expect(Object.keys(summarize(observation, 'text'))).toEqual([
      'resourceType',
      'id',
      'meta',
      'text',
      'status',
      '_status',
      'code',
    ]);
    expect(summarize(observation, 'text').code).toEqual(observation.code);
  });

  test('data removes the text element', () => {
    const { text, ...rest } = observation;
    expect(text).toBeDefined();
    expect(summarize(observation, 'data')).toEqual({ ...rest, meta: marked });
  });

  test('false returns all parts of the resource', () => {
    expect(summarize(observation, 'false')).toBe(observation);
  });
});

describe('_elements', () => {
  test('returns the listed elements of the root and the mandatory ones', () => {
    const subset = selectElements(observation, ['subject', 'note', 'nothing']);
    expect(Object.keys(subset)).toEqual([
      'resourceType',
      'id',
      'meta',
      'modifierExtension',
      'status',
      '_status',
      'code',
      'subject',
      'note',
    ]);
  });

  test('knows an element with a choice of types by its base name', () => {
    expect(selectElements(observation, ['value']).valueQuantity).toEqual({ value: 60 });
  });

  test('takes a name from JavaScript for no element', () => {
    expect(Object.keys(selectElements({ resourceType: 'Patient', id: 'p' }, ['constructor', '__proto__']))).toEqual([
      'resourceType',
      'id',
      'meta',
    ]);
  });
});

describe('A subset', () => {
  test('is marked with the SUBSETTED tag, once', () => {
    expect(selectElements(observation, []).meta).toEqual(marked);
    expect(selectElements(selectElements(observation, []), []).meta).toEqual(marked);
    expect(Object.keys(summarize({ resourceType: 'Patient', id: 'p', active: true }, 'true'))).toEqual([
      'resourceType',
      'id',
      'meta',
      'active',
    ]);
  });

  test('keeps the order of elements and leaves the resource untouched', () => {
    const before = structuredClone(observation);
    for (const mode of ['true', 'text', 'data'] as const) {
      const names = Object.keys(summarize(observation, mode));
      expect(names).toEqual(Object.keys(observation).filter((name) => names.includes(name)));
    }
    expect(observation).toEqual(before);
  });

  test('is a valid resource itself, apart from references to contained resources left out', () => {
    const { contained, subject, ...complete } = observation;
    expect([contained, subject]).not.toContain(undefined);
    for (const mode of ['true', 'text', 'data'] as const) expect(checkStructure(summarize(complete, mode))).toEqual([]);
  });
});
