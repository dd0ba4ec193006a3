/**
 * What became of the lines of one piece, as its file's outputs in `SUCCESS/` and `FAILURE/` will tell it
 * (https://docs.aws.amazon.com/healthlake/latest/devguide/reference-healthlake-troubleshooting.html). Which line of the file
 * it is, is known when the pieces before it are: until then a number in the piece stands before what is told.
 */
import { operationOutcome } from '../../fhir/outcome.ts';
import type { FhirError } from '../../fhir/outcome.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { LoadedPiece, OutcomeKind } from './import-objects.ts';

/** Outcomes are put away when they are so many characters. */
const partCharacters = 4 * 1024 * 1024;

export interface LineOutcome {
  readonly number: number;
  readonly sizeBytes: number;
}

/** What is told of a line waits for nothing, unless it is put away with those before it. */
export interface Outcomes {
  succeeded(line: LineOutcome, resource: { readonly resourceType: string; readonly id: string }, applied: { readonly created: boolean; readonly versionId?: number }): Promise<void> | undefined;
  failed(line: LineOutcome, error: FhirError): Promise<void> | undefined;
  /** The piece cannot be read any further. */
  refused(error: FhirError): Promise<void>;
  /** Puts away what is left. @param lines of the piece, empty ones included */
  end(lines: number): Promise<LoadedPiece>;
}

/** @param keyOf the object of a part */
export function outcomes(objects: Pick<ObjectStore, 'put'>, keyOf: (kind: OutcomeKind, part: number) => string): Outcomes {
  const texts = { SUCCESS: '', FAILURE: '' };
  const parts = { SUCCESS: 0, FAILURE: 0 };
  const counts = { scanned: 0, imported: 0, failed: 0, importedBytes: 0 };
  let isRefused = false;
  const flush = async (kind: OutcomeKind): Promise<void> => {
    if (texts[kind] === '') return;
    await objects.put(keyOf(kind, parts[kind]), new TextEncoder().encode(texts[kind]));
    parts[kind] += 1;
    texts[kind] = '';
  };
  const tell = (kind: OutcomeKind, number: number, told: object): Promise<void> | undefined => {
    texts[kind] += `${number}\t${JSON.stringify(told)}\n`;
    return texts[kind].length > partCharacters ? flush(kind) : undefined;
  };
  const failure = ({ status, issues }: FhirError) => ({ UpdateResourceResponse: { jsonBlob: operationOutcome(issues), statusCode: status } });
  return {
    succeeded({ number, sizeBytes }, { resourceType, id }, { created, versionId }) {
      counts.scanned += 1;
      counts.imported += 1;
      counts.importedBytes += sizeBytes;
      const meta = versionId === undefined ? {} : { meta: { versionId: String(versionId) } };
      return tell('SUCCESS', number, { UpdateResourceResponse: { jsonBlob: { resourceType, id, ...meta }, statusCode: created ? 201 : 200 } });
    },
    failed({ number }, error) {
      counts.scanned += 1;
      counts.failed += 1;
      return tell('FAILURE', number, failure(error));
    },
    async refused(error) {
      isRefused = true;
      await tell('FAILURE', wholeFile, failure(error));
    },
    async end(lines) {
      await flush('SUCCESS');
      await flush('FAILURE');
      return { lines, ...counts, parts, refused: isRefused };
    },
  };
}

/** The number of what is told of a file and none of its lines. */
export const wholeFile = 0;
