/**
 * The formats of the primitive types (https://hl7.org/fhir/R4/datatypes.html#primitive). Each check answers what is
 * wrong, in words that follow the element's name; undefined when nothing is.
 */
import type { Json } from '../json.ts';
import { isNumber, numberValue } from '../json.ts';
import { narrativeComplaint } from './narrative.ts';

export interface Complaint {
  /** `structure` for a wrong JSON type, `value` for a wrong format. */
  readonly code: 'structure' | 'value';
  readonly text: string;
}

export type PrimitiveCheck = (value: Json) => Complaint | undefined;

/** R4's own bound on strings (https://hl7.org/fhir/R4/datatypes.html#string). */
export const maxStringLength = 1024 * 1024;

const maxInteger = 2_147_483_647;
const minInteger = -2_147_483_648;

const wrongFormat = (text: string): Complaint => ({ code: 'value', text });
const mustBeBoolean: Complaint = { code: 'structure', text: 'must be true or false.' };
const mustBeString: Complaint = { code: 'structure', text: 'must be a JSON string.' };
const mustBeNumber: Complaint = { code: 'structure', text: 'must be a JSON number.' };
const emptyString = wrongFormat('must not be empty. Leave the element out.');
const tooLong = wrongFormat(`must not be longer than ${maxStringLength} characters.`);
const unprintable = wrongFormat('must not hold control characters but tab and line ends, nor half of a surrogate pair.');
const noSuchDay = wrongFormat('must be a day that exists in the calendar.');
const notBase64 = wrongFormat('must be base64.');
const tooLargeOrSmall = wrongFormat('must be a number that a double-precision float can hold.');

/** "Strings SHALL NOT contain Unicode character points below 32, except for u0009, u000D and u000A." */
const controlCharacter = /[^\t\n\r -\uffff]/;

/** Half of a surrogate pair is no character, and is lost wherever the text becomes UTF-8. */
function isUnprintable(value: string): boolean {
  return controlCharacter.test(value) || !value.isWellFormed();
}

function text(value: Json): Complaint | undefined {
  if (typeof value !== 'string') return mustBeString;
  if (value === '') return emptyString;
  if (value.length > maxStringLength) return tooLong;
  return isUnprintable(value) ? unprintable : undefined;
}

/** Nearly all codes and URIs are made of these alone, and then there is nothing wrong with them. */
const graphicAscii = /^[!-~]+$/;

/** @param pattern that whatever `graphicAscii` matches matches too */
function matching(pattern: RegExp, requirement: string): PrimitiveCheck {
  const complaint = wrongFormat(requirement);
  return (value) => {
    if (typeof value !== 'string') return mustBeString;
    if (value.length > maxStringLength) return tooLong;
    if (graphicAscii.test(value)) return undefined;
    if (!pattern.test(value)) return complaint;
    return isUnprintable(value) ? unprintable : undefined;
  };
}

/** @param pattern of ASCII, without control characters */
function matchingAscii(pattern: RegExp, requirement: string): PrimitiveCheck {
  const complaint = wrongFormat(requirement);
  return (value) => {
    if (typeof value !== 'string') return mustBeString;
    if (value.length > maxStringLength) return tooLong;
    return pattern.test(value) ? undefined : complaint;
  };
}

function integer(smallest: number, requirement: string): PrimitiveCheck {
  const complaint = wrongFormat(requirement);
  return (value) => {
    if (!isNumber(value)) return mustBeNumber;
    // A number kept as it was written has a fraction, an exponent, a minus zero or too many digits.
    return Number.isInteger(value) && (value as number) >= smallest && (value as number) <= maxInteger ? undefined : complaint;
  };
}

const shortMonths = [4, 6, 9, 11];

/** Whether the day that the text begins with exists. Its month and day are two digits in range already. */
function isCalendarDay(value: string): boolean {
  const day = Number(value.slice(8, 10));
  if (value.length < 10 || day <= 28) return true;
  const month = Number(value.slice(5, 7));
  if (month !== 2) return day <= 30 || !shortMonths.includes(month);
  const year = Number(value.slice(0, 4));
  return day === 29 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function calendar(pattern: RegExp, requirement: string): PrimitiveCheck {
  const complaint = wrongFormat(requirement);
  return (value) => {
    if (typeof value !== 'string') return mustBeString;
    if (!pattern.test(value)) return complaint;
    return isCalendarDay(value) ? undefined : noSuchDay;
  };
}

const year = '(?!0000)[0-9]{4}';
const month = '(?:0[1-9]|1[0-2])';
const day = '(?:0[1-9]|[12][0-9]|3[01])';
const clock = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\\.[0-9]+)?';
const zone = '(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))';

/** Whole groups of four digits, white space anywhere between. Not bounded as strings are: this is what holds documents. */
function base64Binary(value: Json): Complaint | undefined {
  if (typeof value !== 'string') return mustBeString;
  const compact = /\s/.test(value) ? value.replace(/\s+/g, '') : value;
  const isValid = compact !== '' && compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
  return isValid ? undefined : notBase64;
}

function decimal(value: Json): Complaint | undefined {
  if (!isNumber(value)) return mustBeNumber;
  return Number.isFinite(numberValue(value)) ? undefined : tooLargeOrSmall;
}

function xhtml(value: Json): Complaint | undefined {
  if (typeof value !== 'string') return mustBeString;
  if (isUnprintable(value)) return unprintable;
  const complaint = narrativeComplaint(value);
  return complaint === undefined ? undefined : wrongFormat(complaint);
}

const uri = matching(/^\S+$/, 'must be a URI: not empty, without white space.');

const checks: Readonly<Record<string, PrimitiveCheck>> = {
  boolean: (value) => (typeof value === 'boolean' ? undefined : mustBeBoolean),
  integer: integer(minInteger, 'must be a whole number of 32 bits.'),
  unsignedInt: integer(0, `must be a whole number from 0 to ${maxInteger}.`),
  positiveInt: integer(1, `must be a whole number from 1 to ${maxInteger}.`),
  decimal,
  string: text,
  markdown: text,
  // White space as XML Schema, whose regular expressions R4 uses, knows it: a no-break space is part of some published codes.
  code: matching(/^[^ \t\r\n]+(?:[ \t\r\n][^ \t\r\n]+)*$/, 'must be a code: not empty, single spaces inside at most.'),
  id: matchingAscii(/^[A-Za-z0-9\-.]{1,64}$/, 'must be an id: 1 to 64 letters, digits, hyphens and dots.'),
  uri,
  url: uri,
  canonical: uri,
  oid: matchingAscii(/^urn:oid:[0-2](?:\.(?:0|[1-9][0-9]*))+$/, 'must be an OID, as urn:oid:1.2.3.'),
  uuid: matchingAscii(/^urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be a lower-case UUID after urn:uuid:.'),
  base64Binary,
  date: calendar(new RegExp(`^${year}(?:-${month}(?:-${day})?)?$`), 'must be a date: YYYY, YYYY-MM or YYYY-MM-DD.'),
  dateTime: calendar(
    new RegExp(`^${year}(?:-${month}(?:-${day}(?:T${clock}${zone})?)?)?$`),
    'must be a date, or a date with a time in seconds and a zone: YYYY-MM-DDThh:mm:ss+zz:zz.',
  ),
  instant: calendar(
    new RegExp(`^${year}-${month}-${day}T${clock}${zone}$`),
    'must be an instant: YYYY-MM-DDThh:mm:ss.sss+zz:zz, at least to the second, with a zone.',
  ),
  time: matchingAscii(new RegExp(`^${clock}$`), 'must be a time: hh:mm:ss, without a zone.'),
  xhtml,
};

/** @param type a primitive type of R4. */
export function primitiveCheck(type: string): PrimitiveCheck {
  const check = Object.hasOwn(checks, type) ? checks[type] : undefined;
  if (check === undefined) throw new Error(`${type} is not a primitive type of FHIR R4`);
  return check;
}
