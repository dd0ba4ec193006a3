/** Who reads the notes of a data store: this process (enrich-document.ts), or a workflow on AWS. */

export interface DocumentKey {
  readonly type: string;
  readonly id: string;
}

export interface Enriched {
  /** `read`: its text was; `told`: it says why not; `left`: there was nothing to do. */
  readonly came: 'read' | 'told' | 'left';
  /** The version of the document that was written, where one was. */
  readonly versionId?: number;
}

export interface NoteReader {
  /**
   * Reads a document. May be done at any time and any number of times; what is done already is left as it is.
   *
   * @param anew reads a text also where this engine has read it
   * @throws NlpUnavailable, TableUnavailable and ObjectsUnavailable, FhirError 409, 412, 507 of the store: of the moment; NoteUnfinished;
   * ReaderBroken; any other error is about this document
   */
  enrich(key: DocumentKey, anew?: boolean): Promise<Enriched>;
  /**
   * Says on a document that it was given up. What an earlier text gave stays, and the document is read again with its next version.
   *
   * @returns the version that was written
   */
  giveUp(key: DocumentKey): Promise<number | undefined>;
}

/** The time of one reading is over. What was answered is kept, and the next reading goes on from there. */
export class NoteUnfinished extends Error {
  override readonly name = 'NoteUnfinished';
}

/** Whoever reads cannot be asked at all, as when a permission is missing: somebody has to look, and no document has a part in it. */
export class ReaderBroken extends Error {
  override readonly name = 'ReaderBroken';
}
