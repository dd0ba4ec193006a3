/** What the client prefers (https://hl7.org/fhir/R4/http.html#ops and https://www.rfc-editor.org/rfc/rfc7240). */

export interface Preferences {
  /** What a write answers with. */
  readonly return: 'minimal' | 'representation' | 'OperationOutcome';
  /** What becomes of search parameters that are not supported. */
  readonly handling: 'strict' | 'lenient';
  readonly respondAsync: boolean;
  /** How long the client waits, in seconds. */
  readonly waitSeconds?: number;
}

const usual: Preferences = { return: 'representation', handling: 'strict', respondAsync: false };

/** Preferences that are not understood are passed over, as RFC 7240 asks; of a repeated one the first counts. */
export function preferences(header: string | undefined): Preferences {
  if (header === undefined) return usual;
  let found: Partial<Preferences> = {};
  for (const part of header.split(/[,;]/)) found = { ...preference(part), ...found };
  return { ...usual, ...found };
}

function preference(part: string): Partial<Preferences> {
  const [name = '', value = ''] = part.split('=');
  const wanted = value.trim().replace(/^"(.*)"$/, '$1');
  switch (name.trim().toLowerCase()) {
    case 'return':
      return wanted === 'minimal' || wanted === 'representation' || wanted === 'OperationOutcome' ? { return: wanted } : {};
    case 'handling':
      return wanted === 'strict' || wanted === 'lenient' ? { handling: wanted } : {};
    case 'respond-async':
      return { respondAsync: true };
    case 'wait':
      return /^\d{1,6}$/.test(wanted) ? { waitSeconds: Number(wanted) } : {};
    default:
      return {};
  }
}
