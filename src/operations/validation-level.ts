/**
 * HealthLake's `x-amzn-healthlake-fhir-validation-level`: how much a written resource must satisfy.
 *
 * `strict` (the default) and `structure-only` both check the structure: profiles, bindings and invariants are not
 * checked yet. `minimal` takes what is a resource at all, and writes its issues into it as an extension.
 */
import { isObject } from '../fhir/json.ts';
import type { Json, JsonObject } from '../fhir/json.ts';
import { badRequest, FhirError, invalidResource, operationOutcome } from '../fhir/outcome.ts';
import type { Issue } from '../fhir/outcome.ts';
import { isId } from '../fhir/resource.ts';
import type { Resource } from '../fhir/resource.ts';
import { searchParameterIssues } from '../fhir/search/custom/definition.ts';
import { checkStructure } from '../fhir/validate/structure.ts';
import { viewDefinitionIssues } from '../sql/views/view-definition-issues.ts';
import type { OperationRequest } from './operation.ts';

export type ValidationLevel = 'strict' | 'structure-only' | 'minimal';

export const validationLevelHeader = 'x-amzn-healthlake-fhir-validation-level';
/** Set to `true` on the answer to a write that was accepted although it has issues. */
export const validationIssuesHeader = 'x-amzn-healthlake-validation-issues';
export const validationIssueUrl = 'http://healthlake.amazonaws.com/fhir/StructureDefinition/validation-issue';

/** @throws FhirError 400 for a level that there is not */
export function validationLevel(headers: OperationRequest['headers']): ValidationLevel {
  const level = headers[validationLevelHeader];
  if (level === undefined) return 'strict';
  if (level === 'strict' || level === 'structure-only' || level === 'minimal') return level;
  throw badRequest(`${validationLevelHeader} is strict, structure-only or minimal.`);
}

export interface Accepted {
  /** What is to be stored: the resource as sent, or with its issues as an extension. */
  readonly resource: Resource;
  /** What `minimal` let pass; empty otherwise. */
  readonly issues: readonly Issue[];
}

/**
 * @param type the resource type that the place of the resource asks for; absent where it may be any
 * @throws FhirError 400 with every issue that the level does not let pass; 422 for a SearchParameter that could never be
 * searched by and a ViewDefinition that could never be run, whatever the level: nobody would be told of it later
 */
export function accept(value: Json | undefined, level: ValidationLevel, type?: string): Accepted {
  const resource = asResource(value, type);
  const issues = checkStructure(resource, resource.resourceType).filter(isFailure);
  if (issues.length > 0 && level !== 'minimal') throw invalidResource(issues);
  requireUsable(resource);
  if (issues.length === 0) return { resource, issues };
  return { resource: withIssues(resource, issues), issues };
}

function requireUsable(resource: Resource): void {
  const issues = usageIssues(resource);
  if (issues.length > 0) throw new FhirError(422, issues);
}

function usageIssues(resource: Resource): readonly Issue[] {
  if (resource.resourceType === 'SearchParameter') return searchParameterIssues(resource);
  return resource.resourceType === 'ViewDefinition' ? viewDefinitionIssues(resource) : [];
}

/** What even `minimal` asks for: without it there is no place to put the resource. */
function asResource(value: Json | undefined, type: string | undefined): Resource {
  if (!isObject(value)) throw failing('structure', 'A resource is a JSON object.');
  const { resourceType, id, meta } = value;
  if (typeof resourceType !== 'string') throw failing('required', 'The resource has no resourceType. It is a string, as in "Patient".', `${type ?? 'Resource'}.resourceType`);
  if (type !== undefined && resourceType !== type) {
    throw failing('invalid', `The resourceType is not ${type}, the type in the URL. They must be the same.`, `${type}.resourceType`);
  }
  if (id !== undefined && !isId(id)) {
    throw failing('value', 'An id is a string of 1 to 64 of the characters A-Z, a-z, 0-9, "-" and ".".', `${type ?? 'Resource'}.id`);
  }
  // The server writes its version into meta.
  if (meta !== undefined && !isObject(meta)) throw failing('structure', 'meta is a JSON object.', `${resourceType}.meta`);
  return value as Resource;
}

function failing(code: Issue['code'], diagnostics: string, expression?: string): FhirError {
  return invalidResource([{ severity: 'error', code, diagnostics, expression }]);
}

function isFailure({ severity }: Issue): boolean {
  return severity === 'error' || severity === 'fatal';
}

/** Issues of an earlier write are replaced: a resource read, changed and written again does not gather them. */
function withIssues(resource: Resource, issues: readonly Issue[]): Resource {
  const { extension = [] } = resource;
  if (!Array.isArray(extension)) throw invalidResource(issues);
  const kept = extension.filter((each) => !(isObject(each) && each['url'] === validationIssueUrl));
  const found: JsonObject = { url: validationIssueUrl, valueString: JSON.stringify(operationOutcome(issues)) };
  return { ...resource, extension: [...kept, found] };
}
