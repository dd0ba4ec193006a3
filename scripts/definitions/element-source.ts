/** The R4 definitions' elements, as far as the generators read them. */

export interface TypeSource {
  readonly code: string;
  readonly targetProfile?: readonly string[];
}

/** What is read of an ElementDefinition (https://hl7.org/fhir/R4/elementdefinition.html). */
export interface ElementSource {
  readonly path: string;
  readonly min: number;
  readonly max: string;
  readonly isSummary?: boolean;
  readonly contentReference?: string;
  readonly type?: readonly TypeSource[];
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
}
