/** Why a view is refused: each reason with the element that it is of. */
import type { Issue, IssueCode } from '../../fhir/outcome.ts';

/** What a view does not say, or says wrongly. */
export class ViewError extends Error {
  override readonly name = 'ViewError';
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    super(issues.map(({ diagnostics }) => diagnostics).join(' '));
    this.issues = issues;
  }
}

/** @param expression the element, as `ViewDefinition.select[0].column[1].path` */
export function viewError(code: IssueCode, diagnostics: string, expression: string): ViewError {
  return new ViewError([{ severity: 'error', code, diagnostics, expression }]);
}
