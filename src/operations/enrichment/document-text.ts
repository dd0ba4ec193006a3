/** The text of a document's note: what its attachments hold, in their order. */
import { isObject } from '../../fhir/json.ts';
import type { JsonObject } from '../../fhir/json.ts';
import type { NoteDocument } from './note-reading.ts';
import type { NoteText, ReadsText } from './note-text.ts';

export function noteText(): ReadsText {
  return async (document): Promise<NoteText> => {
    const texts = attachmentsOf(document).flatMap(({ contentType, data }) => {
      return typeof data === 'string' && contentType === 'text/plain' ? [Buffer.from(data, 'base64').toString('utf8')] : [];
    });
    return texts.length === 0 ? { kind: 'none' } : { kind: 'text', text: texts.join('\n\n') };
  };
}

function attachmentsOf({ content }: NoteDocument): readonly JsonObject[] {
  return (Array.isArray(content) ? content : []).flatMap((one) => (isObject(one) && isObject(one.attachment) ? [one.attachment] : []));
}
