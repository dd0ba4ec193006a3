/** Every kind of search parameter with its prefixes and modifiers (https://hl7.org/fhir/R4/search.html#ptypes). */
import { describe, test } from '@jest/globals';
import { freshId, patient } from './client.ts';
import type { Body, Client } from './client.ts';
import { expectSame, idsOf, tagged } from './tagged.ts';
import type { Topic } from './topic.ts';

type Case = readonly [query: string, found: readonly number[]];

/** Makes the resources once, and asks each question of them alone. */
function finds(http: () => Client, resources: () => readonly Body[], cases: readonly Case[]): void {
  let made: Promise<{ tag: string; ids: string[] }> | undefined;
  const type = resources()[0].resourceType;
  test.each(cases)(`${type}?%s finds %j`, async (query, expected) => {
    made ??= tagged(http(), ...resources());
    const { tag, ids } = await made;
    const found = idsOf(await http().get(`/${type}?_tag=${tag}&${encoded(query)}`)).map((id) => ids.indexOf(id));
    expectSame(found, expected);
  });
}

/** Cases are written as people read them, but for what separates parameters. */
function encoded(query: string): string {
  return query.split('&').map((each) => {
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(each) ?? [];
    return `${encodeURIComponent(name)}=${encodeURIComponent(decodeURIComponent(value))}`;
  }).join('&');
}

const strings = () => [
  patient({ name: [{ family: 'Østergård', given: ['Æsa-Marie'] }] }),
  patient({ name: [{ family: 'van der Smith' }, { family: "O'Neill" }] }),
  patient({ name: [{ family: '山田' }], address: [{ city: 'Köln, Deutz' }] }),
  patient({ name: undefined }),
];

const stringCases: readonly Case[] = [
  ['family=oster', [0]],
  ['family=SMI', [1]],
  ['given=marie', [0]],
  ['family=mith', []],
  ['family=oneill', [1]],
  ['family=山', [2]],
  ['family=smith,oster', [0, 1]],
  ['family=smith&family=oneill', [1]],
  ['family:exact=Østergård', [0]],
  ['family:exact=østergård', []],
  ['family:exact=Øster', []],
  ['family:contains=mith', [1]],
  ['family:contains=GARD', [0]],
  ['family:contains=xyz', []],
  ['name:missing=true', [3]],
  ['name:missing=false', [0, 1, 2]],
  ['address-city=Köln\\, Deutz', [2]],
  ['address-city:exact=Köln\\, Deutz', [2]],
];

const coded = (code: object, changes: object = {}): Body => ({ resourceType: 'Observation', status: 'final', code, ...changes });
const loinc = 'http://loinc.org';

const tokens = () => [
  coded({ coding: [{ system: loinc, code: '8480-6', display: 'Systolic blood pressure' }] }),
  coded({ coding: [{ code: '8480-6' }] }, { status: 'amended' }),
  coded({ coding: [{ system: 'urn:other', code: 'ABC' }], text: 'Body height' }, { identifier: [{
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }, system: 'urn:mrn', value: '12|34',
  }] }),
];

const tokenCases: readonly Case[] = [
  ['code=8480-6', [0, 1]],
  [`code=${loinc}|8480-6`, [0]],
  ['code=|8480-6', [1]],
  [`code=${loinc}|`, [0]],
  ['code=8480-6,ABC', [0, 1, 2]],
  ['code:not=8480-6', [2]],
  [`code:not=${loinc}|8480-6`, [1, 2]],
  ['code:text=systolic', [0]],
  ['code:text=height', [2]],
  ['status=final', [0, 2]],
  ['status:not=final', [1]],
  ['identifier=urn:mrn|12\\|34', [2]],
  ['identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|12\\|34', [2]],
  ['identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|SS|12\\|34', []],
  ['identifier:missing=true', [0, 1]],
];

const measured = (quantity: object): Body => coded({ coding: [{ system: loinc, code: '29463-7' }] }, { valueQuantity: quantity });
const ucum = 'http://unitsofmeasure.org';

const quantities = () => [
  measured({ value: 72.5, unit: 'kg', system: ucum, code: 'kg' }),
  measured({ value: 72500, unit: 'g', system: ucum, code: 'g' }),
  measured({ value: 80, unit: 'stones' }),
  measured({ value: 5, comparator: '<', system: ucum, code: 'kg' }),
];

const quantityCases: readonly Case[] = [
  [`value-quantity=72.5|${ucum}|kg`, [0, 1]],
  [`value-quantity=72500|${ucum}|g`, [0, 1]],
  ['value-quantity=72.5||kg', [0]],
  ['value-quantity=72.5', [0]],
  ['value-quantity=80||stones', [2]],
  [`value-quantity=gt72.5|${ucum}|kg`, []],
  [`value-quantity=ge72.5|${ucum}|kg`, [0, 1]],
  [`value-quantity=lt72.5|${ucum}|kg`, [3]],
  [`value-quantity=sa70|${ucum}|kg`, [0, 1]],
  [`value-quantity=eb75|${ucum}|kg`, [0, 1, 3]],
  [`value-quantity=ap75|${ucum}|kg`, [0, 1]],
  [`value-quantity=ne72.5|${ucum}|kg`, [3]],
];

const risks = () => [0.25, 0.5, 0.8].map((probabilityDecimal) => ({
  resourceType: 'RiskAssessment', status: 'final', subject: { reference: 'Patient/nobody' }, prediction: [{ probabilityDecimal }],
}));

const numberCases: readonly Case[] = [
  ['probability=0.5', [1]],
  ['probability=0.3', [0]],
  ['probability=0.30', []],
  ['probability=gt0.5', [2]],
  ['probability=ge0.5', [1, 2]],
  ['probability=lt0.5', [0]],
  ['probability=le0.5', [0, 1]],
  ['probability=ne0.5', [0, 2]],
  ['probability=ap0.52', [1]],
  ['probability=5e-1', [1]],
  ['probability:missing=false', [0, 1, 2]],
];

const base = `http://example.org/${freshId()}`;
const valueSets = () => ['/a', '/a/b', '/ab'].map((path) => ({ resourceType: 'ValueSet', status: 'draft', url: base + path }));

const uriCases: readonly Case[] = [
  [`url=${base}/a`, [0]],
  [`url=${base}/A`, []],
  [`url:below=${base}/a`, [0, 1, 2]],
  [`url:below=${base}/a/`, [1]],
  [`url:above=${base}/a/b/c`, [0, 1]],
  ['url:missing=true', []],
];

const dates = () => ['2024-02-29', '2024-02', '2024-02-29T12:30:00Z', '2023'].map((effectiveDateTime) => coded({ text: 'x' }, { effectiveDateTime }));

const dateCases: readonly Case[] = [
  ['date=2024-02-29', [0, 2]],
  ['date=2024-02', [0, 1, 2]],
  ['date=ne2024-02', [3]],
  ['date=gt2024-02-28', [0, 1, 2]],
  ['date=lt2024', [3]],
  ['date=ge2024-02-29T12:30:00Z&date=le2024-02-29T12:30:00Z', [0, 1, 2]],
  ['date=sa2023', [0, 1, 2]],
  ['date=eb2024', [3]],
  ['date=2024-02-29T13:30%2B01:00', [2]],
];

const referring = `urn:uuid:${freshId()}`;
const references = () => [
  coded({ text: 'x' }, { subject: { reference: 'Patient/nobody' } }),
  coded({ text: 'x' }, { subject: { reference: 'Group/nobody' } }),
  coded({ text: 'x' }, { subject: { identifier: { system: 'urn:mrn', value: referring } } }),
  coded({ text: 'x' }, { subject: { reference: 'https://example.org/fhir/Patient/nobody' } }),
];

const referenceCases: readonly Case[] = [
  ['subject=Patient/nobody', [0]],
  ['subject:Patient=nobody', [0]],
  ['subject:Group=nobody', [1]],
  ['patient=nobody', [0]],
  ['subject=https://example.org/fhir/Patient/nobody', [3]],
  [`subject:identifier=urn:mrn|${referring}`, [2]],
  ['subject:missing=true', []],
];

const places = () => [
  { latitude: 52.52, longitude: 13.405 },
  { latitude: 48.137, longitude: 11.575 },
].map((position) => ({ resourceType: 'Location', name: 'A place', position }));

const placeCases: readonly Case[] = [
  ['near=52.5|13.4|10|km', [0]],
  ['near=52.5|13.4|600|km', [0, 1]],
  ['near=0|0|10|km', []],
];

const compositeCases: readonly Case[] = [
  [`code-value-quantity=${loinc}|29463-7$72.5|${ucum}|kg`, [0, 1]],
  [`code-value-quantity=29463-7$gt70|${ucum}|kg`, [0, 1]],
  [`code-value-quantity=29463-7$gt80|${ucum}|kg`, []],
  [`code-value-quantity=8480-6$72.5|${ucum}|kg`, []],
];

const filterCases: readonly Case[] = [
  ['_filter=family sw "van"', [1]],
  ['_filter=family sw "smith"', []],
  ['_filter=family co "mith"', [1]],
  ['_filter=family eq "Østergård"', [0]],
  ['_filter=not (family co "smith") and family pr true', [0, 2]],
];

const kinds: readonly (readonly [kind: string, resources: () => readonly Body[], cases: readonly Case[]])[] = [
  ['string', strings, stringCases],
  ['token', tokens, tokenCases],
  ['quantity', quantities, quantityCases],
  ['composite', () => quantities().slice(0, 2), compositeCases],
  ['number', risks, numberCases],
  ['uri', valueSets, uriCases],
  ['date', dates, dateCases],
  ['reference', references, referenceCases],
  ['special', places, placeCases],
  ['_filter', strings, filterCases],
];

export const searchValuesTopic: Topic = (http) => {
  describe.each(kinds)('%s', (_kind, resources, cases) => {
    finds(http, resources, cases);
  });
};
