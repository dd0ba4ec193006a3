/** What the thread that reads notes is asked, and what it answers. */
import type { Entities, Entity } from '../ports/clinical-nlp.ts';
import type { ExtractedText, NoteAttachment } from '../ports/text-extractor.ts';

export type ClinicalOperation = 'detectEntities' | 'inferIcd10Cm' | 'inferRxNorm' | 'inferSnomedCt' | 'detectPhi';

/** What to do with a text, or an attachment whose text is wanted. */
export type ClinicalTask = { readonly operation: ClinicalOperation; readonly text: string } | { readonly attachment: NoteAttachment };

export type ClinicalQuestion = { readonly number: number } & ClinicalTask;

export type ClinicalResult = Entities<Entity> | ExtractedText;

export type ClinicalAnswer =
  | { readonly number: number; readonly result: ClinicalResult }
  | { readonly number: number; readonly failure: { readonly name: string; readonly stack?: string } };
