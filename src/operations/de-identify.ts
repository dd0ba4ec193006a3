/**
 * `$de-identify` of one document: a copy without what tells who it is about. The name is that of the operation of HL7's DARTS
 * (https://build.fhir.org/ig/HL7/fhir-darts/OperationDefinition-de-identify.html), which works on files of many; nothing of the copy is
 * stored.
 */
import { redactedText } from '../clinical-text/redacted.ts';
import { maxChunkBytes } from '../clinical-text/chunks.ts';
import { parseJson } from '../fhir/json.ts';
import { FhirError, gone, notFound, unprocessable } from '../fhir/outcome.ts';
import { NlpUnavailable } from '../ports/clinical-nlp.ts';
import type { ClinicalNlp } from '../ports/clinical-nlp.ts';
import type { Clock } from '../ports/clock.ts';
import { ObjectsUnavailable } from '../ports/object-store.ts';
import { TableUnavailable } from '../ports/ordered-table.ts';
import { deIdentified } from './enrichment/de-identified.ts';
import type { NoteDocument } from './enrichment/note-reading.ts';
import type { ReadsText } from './enrichment/note-text.ts';
import { inPieces } from './enrichment/read-text.ts';
import { requireNoParameters } from './no-parameters.ts';
import type { Operation, StoreOf } from './operation.ts';
import { parseParameters, refuseOthers } from './parameters.ts';
import { pathSegment } from './path-segment.ts';

export interface DeIdentifyDependencies extends StoreOf<'read'> {
  readonly nlp: Pick<ClinicalNlp, 'detectPhi'>;
  readonly textOf: ReadsText;
  /** Where a request is cut off after some time: what can be read until then. */
  readonly bound?: CopyBound;
}

export interface CopyBound {
  /** Of a text, in UTF-8. */
  readonly maxBytes: number;
  /** For the engine. */
  readonly withinMs: number;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** Pieces that the engine is asked about side by side. */
const piecesAtOnce = 4;

/** When to ask again where the engine answers nobody, in seconds. */
const retryAfterSeconds = 5;

/** Answers 200 with the copy; 404 and 410 as a read, 422 for a document whose note cannot be read, or is longer than can be copied, 503 while nothing reads notes. */
export function deIdentify({ store, nlp, textOf, bound }: DeIdentifyDependencies): Operation {
  return async (request) => {
    refuseOthers(parseParameters(request.query), ['_format', '_pretty']);
    requireNoParameters(request, '$de-identify');
    const version = await store.read(pathSegment(request, 'type'), pathSegment(request, 'id'));
    if (version === undefined) throw notFound('There is no document of this type and id.');
    if (version.json === undefined) throw gone('The document was deleted.');
    const document = parseJson(version.json) as NoteDocument;
    const found = await textOf(document).catch(unreadable);
    if (found.kind !== 'text') throw unprocessable(found.kind === 'none' ? 'The document has no note that can be read.' : found.message);
    if (bound !== undefined && Buffer.byteLength(found.text) > bound.maxBytes) throw unprocessable(tooLong(bound));
    const asked = inPieces(found.text, { maxBytes: maxChunkBytes.detect, atOnce: piecesAtOnce }, (piece) => nlp.detectPhi(piece));
    const identifiers = await (bound === undefined ? asked : Promise.race([asked, timedOut(bound)])).catch(unavailable);
    return { status: 200, headers: {}, json: JSON.stringify(deIdentified(document, redactedText(found.text, identifiers.Entities))) };
  };
}

function tooLong({ maxBytes }: CopyBound): string {
  return `The note is longer than the ${maxBytes.toLocaleString('en')} bytes of text that are copied in the time of a request. Divide it: a document for each part, and a copy of each.`;
}

/** Before whoever waits for the answer is told nothing but that there is none. */
async function timedOut({ withinMs, clock }: CopyBound): Promise<never> {
  await clock.sleep(withinMs);
  throw new NlpUnavailable('The engine takes too long.');
}

/** Too long, or too much for its format's reader: another try would end no better. What went wrong is not told, for it may repeat the note. */
function unreadable(error: unknown): never {
  if (error instanceof NlpUnavailable || error instanceof ObjectsUnavailable) return unavailable(error);
  if (error instanceof TableUnavailable || error instanceof FhirError) throw error;
  throw unprocessable('The note could not be read in time, or not at all.');
}

function unavailable(error: unknown): never {
  if (!(error instanceof NlpUnavailable || error instanceof ObjectsUnavailable)) throw error;
  throw new FhirError(503, [{ severity: 'error', code: 'transient', diagnostics: 'What reads notes does not answer at the moment. Send the request again later.' }], { 'Retry-After': String(retryAfterSeconds) });
}
