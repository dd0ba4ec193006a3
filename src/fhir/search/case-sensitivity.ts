/** Which codes are compared case for case (https://hl7.org/fhir/R4/search.html#token). */

const hl7System = /^http:\/\/(?:hl7\.org\/fhir\/(?!sid\/)|terminology\.hl7\.org\/CodeSystem\/(?!v2-))/;

/**
 * All code systems that R4 defines set `CodeSystem.caseSensitive`, apart from the tables of HL7 version 2, which say
 * nothing; `http://hl7.org/fhir/sid/` names systems that others define. In doubt R4 asks for any case.
 */
export function isCaseSensitive(system: string): boolean {
  return system === 'http://unitsofmeasure.org' || hl7System.test(system);
}

/** The form in which codes that differ in case only are equal: the key of every code in the index. */
export function foldCode(code: string): string {
  return code.toLowerCase();
}
