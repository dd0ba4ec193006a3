/** Which types of R4 specialize which (https://hl7.org/fhir/R4/types.html), as `is`, `as` and `ofType` ask. */
import { isPrimitiveType, isResourceType, structureOf } from '../structures.ts';

/** Only what specializes a type that an element can have; below `Element` stand all the others. */
const bases: Readonly<Record<string, string>> = {
  url: 'uri', canonical: 'uri', oid: 'uri', uuid: 'uri',
  code: 'string', id: 'string', markdown: 'string',
  positiveInt: 'integer', unsignedInt: 'integer',
  Age: 'Quantity', Count: 'Quantity', Distance: 'Quantity', Duration: 'Quantity', MoneyQuantity: 'Quantity', SimpleQuantity: 'Quantity',
  Dosage: 'BackboneElement', Timing: 'BackboneElement', ElementDefinition: 'BackboneElement',
};

/** Types that are above others only. */
const abstractTypes: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement']);

/** Resources without a narrative (https://hl7.org/fhir/R4/domainresource.html). */
const plainResources: ReadonlySet<string> = new Set(['Binary', 'Bundle', 'Parameters']);

/** FHIRPath's own names of types (https://hl7.org/fhirpath/N1/#literals), which R4's expressions mix with FHIR's. */
const systemTypes: Readonly<Record<string, string>> = {
  Boolean: 'boolean', String: 'string', Integer: 'integer', Decimal: 'decimal', Date: 'date', DateTime: 'dateTime', Time: 'time',
};

/** FHIR's name of a type that an expression names; `undefined` where there is no such type. */
export function fhirType(name: string): string | undefined {
  if (Object.hasOwn(systemTypes, name)) return systemTypes[name];
  const isKnown = abstractTypes.has(name) || isPrimitiveType(name) || (/^[A-Z][A-Za-z]*$/.test(name) && structureOf(name) !== undefined);
  return isKnown ? name : undefined;
}

/** @param type that an element has, as `Age` or `Patient.contact` */
export function isA(type: string, ancestor: string): boolean {
  if (type === ancestor) return true;
  if (ancestor === 'Resource') return isResourceType(type);
  if (ancestor === 'DomainResource') return isDomainResource(type);
  if (ancestor === 'Element') return !isResourceType(type);
  // An element that is defined in place has its path for a name.
  if (type.includes('.')) return ancestor === 'BackboneElement';
  const base = Object.hasOwn(bases, type) ? bases[type] : undefined;
  return base !== undefined && isA(base, ancestor);
}

export function isDomainResource(type: string): boolean {
  return isResourceType(type) && !plainResources.has(type);
}
