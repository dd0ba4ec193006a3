/** What the thread that reads notes is asked, and what it answers. */
import type { Entities, Entity } from '../ports/clinical-nlp.ts';

export type ClinicalOperation = 'detectEntities' | 'inferIcd10Cm' | 'inferRxNorm' | 'inferSnomedCt' | 'detectPhi';

export interface ClinicalQuestion {
  readonly number: number;
  readonly operation: ClinicalOperation;
  readonly text: string;
}

export type ClinicalAnswer =
  | { readonly number: number; readonly entities: Entities<Entity> }
  | { readonly number: number; readonly failure: { readonly name: string; readonly stack?: string } };
