/**
 * JSON that comes out with the digits it came in with: `72.0` stays `72.0`
 * (https://hl7.org/fhir/R4/json.html#decimal), whatever of an answer is printed.
 */

interface JsonWithSource {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown): unknown;
}
const json = JSON as unknown as JsonWithSource;

/** @throws SyntaxError when the text is not JSON */
export function parseExact(text: string): unknown {
  return json.parse(text, (_name, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  );
}
