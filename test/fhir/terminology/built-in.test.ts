/** R4's own terminology (https://hl7.org/fhir/R4/terminologies-valuesets.html). */
import { describe, expect, test } from '@jest/globals';
import { urlsNotInR4 } from '../../../scripts/definitions/terminology.ts';
import { FhirError } from '../../../src/fhir/outcome.ts';
import { builtInTerminology, builtInUrls } from '../../../src/fhir/terminology/built-in.ts';
import { codeSet } from '../../../src/fhir/terminology/codes.ts';
import { relatedCodes } from '../../../src/fhir/terminology/subsumption.ts';
import { parseCanonical } from '../../../src/fhir/terminology/terminology-source.ts';
import { ValueSets } from '../../../src/fhir/terminology/value-set.ts';
import type { CodeSet } from '../../../src/fhir/search/criteria.ts';

const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

async function resolved(canonical: string): Promise<CodeSet> {
  const valueSet = await builtInTerminology.valueSet(parseCanonical(canonical));
  return codeSet(await new ValueSets(builtInTerminology).codesOf(valueSet!));
}

const codesOf = async (canonical: string) => (await resolved(canonical)).members?.map(({ code }) => code);

describe('R4\'s own value sets', () => {
  test('have the codes of the specification', async () => {
    expect(await codesOf('http://hl7.org/fhir/ValueSet/administrative-gender')).toEqual(['male', 'female', 'other', 'unknown']);
    expect(await codesOf('http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1')).toHaveLength(4);
    expect(await codesOf('http://terminology.hl7.org/ValueSet/v3-ActEncounterCode')).toEqual([
      'AMB', 'EMER', 'FLD', 'HH', 'IMP', 'ACUTE', 'NONAC', 'OBSENC', 'PRENC', 'SS', 'VR',
    ]);
    expect(await codesOf('http://hl7.org/fhir/ValueSet/inactive')).toContain('CRT');
    expect(await codesOf('http://hl7.org/fhir/ValueSet/patient-contactrelationship')).not.toContain('O');
  });

  test('in another version are not known', async () => {
    expect(await builtInTerminology.valueSet(parseCanonical('http://hl7.org/fhir/ValueSet/administrative-gender|5.0.0'))).toBeUndefined();
    expect(await builtInTerminology.valueSet(parseCanonical('http://hl7.org/fhir/ValueSet/toString'))).toBeUndefined();
  });

  test('name systems as a whole that R4 does not list', async () => {
    const types = await resolved('http://hl7.org/fhir/ValueSet/mimetypes');
    expect([types.members, types.includes({ code: 'text/plain' }, true), types.includes({ system: 'http://loinc.org', code: 'x' }, false)]).toEqual([undefined, true, false]);
  });

  test('are implied for SNOMED CT and LOINC', async () => {
    const snomed = await resolved('http://snomed.info/sct?fhir_vs');
    expect(snomed.includes({ system: 'http://snomed.info/sct', code: '1' }, false)).toBe(true);
    expect((await resolved('http://loinc.org/vs')).includes({ system: 'http://loinc.org', code: '1-8' }, false)).toBe(true);
    await expect(resolved('http://snomed.info/sct?fhir_vs=isa/126851005')).rejects.toThrow(/not all known here/);
  });

  test('each resolve or are refused with a reason', async () => {
    const counts = { resolved: 0, wholeSystems: 0, refused: 0 };
    const reasons = new Set<string>();
    const urls = await builtInUrls('ValueSet');
    for (const url of urls) {
      try {
        const { members } = await resolved(url);
        counts[members === undefined ? 'wholeSystems' : 'resolved'] += 1;
        expect(members?.length).not.toBe(0);
      } catch (error) {
        if (!(error instanceof FhirError)) throw error;
        counts.refused += 1;
        reasons.add(error.message);
      }
    }
    // What is refused needs SNOMED CT, LOINC or another system that R4 does not list, or is R4's own mistake.
    expect(counts).toEqual({ resolved: 1210, wholeSystems: 48, refused: 58 });
    expect([...reasons].every((reason) => /\bhttps?:|\burn:/.test(reason))).toBe(true);
  });

  test('have nothing of another release', async () => {
    const urls = [...(await builtInUrls('ValueSet')), ...(await builtInUrls('CodeSystem'))];
    expect(urls.filter((url) => urlsNotInR4.has(url))).toEqual([]);
  });
});

describe('R4\'s own code systems', () => {
  const ask = async (name: string, code: string) =>
    codeSet(await relatedCodes(new ValueSets(builtInTerminology), { kind: 'token', system: actCode, code }, name)).members!.map((each) => each.code);

  test('subsume by nested concepts', async () => {
    expect(await ask('class:below', 'IMP')).toEqual(['IMP', 'ACUTE', 'NONAC']);
    expect(await ask('class:above', 'ACUTE')).toEqual(['ACUTE', 'IMP', '_ActEncounterCode', '_ActCareProvisionCode']);
  });

  test('subsume by the child property too', async () => {
    expect(await ask('type:below', '_ActHealthInsuranceTypeCode')).toContain('EHCPOL');
    expect(await ask('type:above', 'EHCPOL')).toContain('_ActHealthInsuranceTypeCode');
  });
});
