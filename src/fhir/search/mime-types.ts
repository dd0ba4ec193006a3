/** MIME types by their base part (https://hl7.org/fhir/R4/search.html#mimetype). */
import type { CodeSet, TokenCriterion } from './criteria.ts';
import type { SearchParameter } from './values.ts';

/** The code system of MIME types (https://hl7.org/fhir/R4/valueset-mimetypes.html). */
const mimeSystem = 'urn:ietf:bcp:13';

const mimeParameters: ReadonlySet<string> = new Set(['DocumentReference-contenttype', 'Library-content-type']);

export function isMimeType({ url = '' }: Partial<Pick<SearchParameter, 'url'>>): boolean {
  return mimeParameters.has(url.slice(url.lastIndexOf('/') + 1));
}

/** All types of the criterion's base part, whatever their parameters; with parameters it stands for itself. */
export function mimeTypesBelow({ system, code = '' }: TokenCriterion): CodeSet {
  const wanted = normalized(code);
  const isWhole = wanted.includes(';');
  return {
    includes: (coding) => {
      if (coding.code === undefined || (system && system !== (coding.system ?? mimeSystem))) return false;
      const type = normalized(coding.code);
      return type === wanted || (!isWhole && type.startsWith(`${wanted};`));
    },
  };
}

function normalized(type: string): string {
  return type.toLowerCase().replace(/\s+/g, '');
}
