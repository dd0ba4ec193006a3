/** Why a ViewDefinition could not be run, told when it is written. */
import type { JsonObject } from '../../fhir/json.ts';
import type { Issue } from '../../fhir/outcome.ts';
import { compileView } from './compile-view.ts';
import { ViewError } from './view-issues.ts';

/** @returns nothing for one that can be run */
export function viewDefinitionIssues(resource: JsonObject): readonly Issue[] {
  try {
    compileView(resource);
    return [];
  } catch (error) {
    if (error instanceof ViewError) return error.issues;
    throw error;
  }
}
