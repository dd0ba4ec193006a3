/**
 * Whether a JSON value is a resource as R4 defines it: names, JSON types, cardinality, choices, primitive formats,
 * required bindings, references and contained resources (https://hl7.org/fhir/R4/validation.html, the aspects
 * "structure", "cardinality", "value domains" and, in part, "bindings" and "invariants";
 * https://hl7.org/fhir/R4/json.html).
 */
import type { Json, JsonObject } from '../json.ts';
import { isObject } from '../json.ts';
import type { Issue } from '../outcome.ts';
import type { Element, Structure } from '../structures.ts';
import { isResourceType, maxDepth, structureOf } from '../structures.ts';
import { Findings } from './findings.ts';
import type { PrimitiveCheck } from './primitives.ts';
import { primitiveCheck } from './primitives.ts';
import { referenceForm } from './references.ts';
import { ResourceScope } from './resource-scope.ts';

/**
 * @param expectedType the resource type it must be of, when only one will do.
 * @returns what is wrong, at most `maxIssues`; empty when nothing is. Diagnostics name elements and never repeat values.
 */
export function checkStructure(value: Json, expectedType?: string): Issue[] {
  const type = isObject(value) ? value.resourceType : undefined;
  const findings = new Findings(isResourceType(type) ? type : (expectedType ?? 'Resource'));
  if (isObject(value) && expectedType !== undefined && isResourceType(type) && type !== expectedType) {
    findings.add('invalid', `The resource must be of type ${expectedType}.`, 'resourceType');
  } else {
    checkResource(value, { findings, scope: undefined, depth: 0 });
  }
  return findings.issues;
}

interface Cursor {
  readonly findings: Findings;
  /** Of the resource being checked; undefined outside of any. */
  scope: ResourceScope | undefined;
  depth: number;
}

function checkResource(value: Json, cursor: Cursor): void {
  const { findings } = cursor;
  if (!isObject(value)) return findings.add('structure', 'A resource must be a JSON object.');
  const { resourceType } = value;
  if (resourceType === undefined) return findings.add('structure', 'A resource must have a resourceType.', 'resourceType');
  const structure = isResourceType(resourceType) ? structureOf(resourceType) : undefined;
  if (structure === undefined) return findings.add('structure', 'The resourceType must be one of FHIR R4.', 'resourceType');
  const { scope } = cursor;
  cursor.scope = new ResourceScope(value);
  checkObject(value, structure, cursor);
  cursor.scope.report(findings);
  cursor.scope = scope;
}

function checkContained(value: Json, index: number, cursor: Cursor): void {
  const { scope, findings } = cursor;
  const type = isObject(value) ? value.resourceType : undefined;
  const structure = isResourceType(type) ? structureOf(type) : undefined;
  if (!isObject(value) || structure === undefined) {
    return findings.add('structure', 'A contained resource must be a JSON object with a resourceType of FHIR R4.');
  }
  // What is nested deeper is refused as a whole (dom-2) by the scope.
  if (scope === undefined || scope.isContained) return;
  scope.containedIndex = index;
  checkObject(value, structure, cursor);
  scope.containedIndex = undefined;
}

function checkObject(object: JsonObject, structure: Structure, cursor: Cursor): void {
  const { findings } = cursor;
  if (++cursor.depth > maxDepth) findings.add('too-costly', `The resource must not be nested deeper than ${maxDepth} levels.`);
  else checkProperties(object, structure, cursor);
  cursor.depth--;
}

function checkProperties(object: JsonObject, structure: Structure, cursor: Cursor): void {
  let propertyCount = 0;
  let choiceCount = 0;
  let requiredCount = 0;
  for (const name in object) {
    if (cursor.findings.isFull) return;
    if (object[name] === undefined) continue;
    propertyCount++;
    const element = structure.elements.get(name);
    if (element === undefined) {
      checkOtherProperty(object, name, { structure, cursor });
      if (name.startsWith('_')) choiceCount++;
      continue;
    }
    if (element.isChoice) choiceCount++;
    if (element.isRequired) requiredCount++;
    cursor.findings.enter(element.path);
    checkElement(object, element, cursor);
    cursor.findings.leave();
  }
  if (propertyCount === 0) cursor.findings.add('structure', 'An object must not be empty. Leave the element out.');
  if (choiceCount > 1) checkChoices(object, structure, cursor.findings);
  // A choice may have been given twice in place of what is missing.
  if (requiredCount < structure.required.length || choiceCount > 1) checkRequired(object, structure, cursor.findings);
  if (structure.name === 'Extension') checkExtension(object, cursor.findings);
}

function checkRequired(object: JsonObject, structure: Structure, findings: Findings): void {
  for (const { name, alternatives } of structure.required) {
    if (!isPresent(object, alternatives)) findings.add('required', `${structure.name}.${name} is required.`, name);
  }
}

/** A primitive may be there by its extensions alone. */
function isPresent(object: JsonObject, names: readonly string[]): boolean {
  for (const name of names) if (object[name] !== undefined) return true;
  return names.some((name) => object[`_${name}`] !== undefined);
}

/** A property that is no element: the resource's type, the sibling of a primitive, or a fault. */
function checkOtherProperty(
  object: JsonObject,
  name: string,
  { structure, cursor }: { structure: Structure; cursor: Cursor },
): void {
  if (name === 'resourceType' && structure.isResource) return;
  const element = name.startsWith('_') ? structure.elements.get(name.slice(1)) : undefined;
  if (element?.isPrimitive) {
    cursor.findings.enter(element.path);
    checkSiblings(object, element, cursor);
    cursor.findings.leave();
    return;
  }
  const choice = [...structure.elements.values()].find(({ isChoice, baseName }) => isChoice && name.startsWith(baseName));
  const diagnostics =
    choice === undefined
      ? `${structure.name} has no element of this name.`
      : `${structure.name} has no element of this name; ${choice.baseName}[x] must end with one of its types.`;
  cursor.findings.add('structure', diagnostics, name);
}

/** Of `value[x]` only one may be there. */
function checkChoices(object: JsonObject, structure: Structure, findings: Findings): void {
  const chosen = new Map<string, string>();
  for (const property in object) {
    const element = structure.elements.get(property) ?? structure.elements.get(property.slice(1));
    if (!element?.isChoice) continue;
    const earlier = chosen.get(element.baseName);
    if (earlier === undefined) chosen.set(element.baseName, element.name);
    else if (earlier !== element.name) {
      findings.add('structure', `${structure.name}.${element.baseName}[x] must be given once, with one type.`, element.baseName);
    }
  }
}

function checkElement(object: JsonObject, element: Element, cursor: Cursor): void {
  const value = object[element.name] as Json;
  const { findings } = cursor;
  if (!element.isArray) {
    if (Array.isArray(value)) findings.add('structure', `${element.name} must not be an array.`);
    else checkValue(value, element, cursor);
  } else if (!Array.isArray(value)) findings.add('structure', `${element.name} must be an array.`);
  else if (value.length === 0) findings.add('structure', `${element.name} must not be an empty array. Leave the element out.`);
  else checkItems(object, element, cursor);
}

function checkItems(object: JsonObject, element: Element, cursor: Cursor): void {
  const { findings } = cursor;
  const items = object[element.name] as Json[];
  const siblings = element.isPrimitive ? object[`_${element.name}`] : undefined;
  for (let index = 0; index < items.length && !findings.isFull; index++) {
    const item = items[index] as Json;
    findings.enter(index);
    if (item === null && Array.isArray(siblings)) {
      if (siblings[index] === null) findings.add('structure', `An item of ${element.name} must have a value or extensions.`);
    } else if (element.name === 'contained' && element.type === 'Resource') checkContained(item, index, cursor);
    else checkValue(item, element, cursor);
    findings.leave();
  }
}

const primitiveChecks = new Map<string, PrimitiveCheck>();

function checkValue(value: Json, element: Element, cursor: Cursor): void {
  if (element.isPrimitive) return checkPrimitive(value, element, cursor);
  if (element.type === 'Resource') return checkResource(value, cursor);
  if (!isObject(value)) return cursor.findings.add('structure', `${element.name} must be a JSON object.`);
  const structure = structureOf(element.type);
  if (structure === undefined) throw new Error(`The type ${element.type} has no structure`);
  checkObject(value, structure, cursor);
  if (element.type === 'Reference') checkReference(value, element, cursor);
}

function checkPrimitive(value: Json, element: Element, { findings, scope }: Cursor): void {
  let check = primitiveChecks.get(element.type);
  if (check === undefined) {
    check = primitiveCheck(element.type);
    primitiveChecks.set(element.type, check);
  }
  const complaint = check(value);
  if (complaint !== undefined) findings.add(complaint.code, `${element.name} ${complaint.text}`);
  else if (typeof value === 'string') {
    if (element.codes !== undefined && !element.codes.has(value)) {
      findings.add('code-invalid', `${element.name} must be one of the codes of its required value set.`);
    }
    if (value.startsWith('#') && isUri(element.type)) scope?.note(value);
  }
}

function isUri(type: string): boolean {
  return type === 'uri' || type === 'url' || type === 'canonical';
}

const elementStructure = structureOf('Element') as Structure;

/** `_name`: the ids and extensions of `name`'s values (https://hl7.org/fhir/R4/json.html#primitive). */
function checkSiblings(object: JsonObject, element: Element, cursor: Cursor): void {
  const siblings = object[`_${element.name}`] as Json;
  const { findings } = cursor;
  if (!element.isArray) {
    if (!isObject(siblings)) findings.add('structure', `_${element.name} must be a JSON object.`);
    else checkObject(siblings, elementStructure, cursor);
    return;
  }
  const values = object[element.name];
  if (!Array.isArray(siblings) || siblings.length === 0)
    return findings.add('structure', `_${element.name} must be an array with items.`);
  if (Array.isArray(values) && values.length !== siblings.length) {
    findings.add('structure', `${element.name} and _${element.name} must be of one length, filled up with nulls.`);
  }
  for (let index = 0; index < siblings.length && !findings.isFull; index++) {
    const sibling = siblings[index] as Json;
    findings.enter(index);
    if (isObject(sibling)) checkObject(sibling, elementStructure, cursor);
    else if (sibling !== null || values === undefined)
      findings.add('structure', `An item of _${element.name} must be a JSON object.`);
    findings.leave();
  }
}

/** Invariant ext-1. */
function checkExtension(extension: JsonObject, findings: Findings): void {
  const hasValue = Object.keys(extension).some((name) => name.startsWith('value') || name.startsWith('_value'));
  if (hasValue === (extension.extension !== undefined)) {
    findings.add('invariant', 'An Extension must have either a value or extensions of its own, not both (ext-1).');
  }
}

function checkReference(value: JsonObject, element: Element, { findings, scope }: Cursor): void {
  const { reference, type } = value;
  const declaredType = isResourceType(type) ? type : undefined;
  let targetType: string | undefined;
  if (typeof reference === 'string' && reference.startsWith('#')) {
    scope?.note(reference);
    targetType = scope?.typeOf(reference);
    if (reference !== '#' && targetType === undefined) {
      return findings.add('invariant', 'A reference that begins with # must lead to a contained resource (ref-1).', 'reference');
    }
  } else if (typeof reference === 'string' && reference !== '') {
    const form = referenceForm(reference);
    if (!form.isValid) return findings.add('value', badReference, 'reference');
    targetType = form.type;
  }
  if (targetType !== undefined && declaredType !== undefined && targetType !== declaredType) {
    findings.add('invalid', 'The type of a Reference must be the type that its reference leads to.', 'type');
  }
  const leadsTo = targetType ?? declaredType;
  if (leadsTo !== undefined && element.targets !== undefined && !element.targets.has(leadsTo)) {
    findings.add('structure', `${element.name} must refer to one of ${[...element.targets].join(', ')}.`);
  }
}

const badReference =
  'A reference must be Type/id, Type/id/_history/version, an absolute URL, urn:uuid:, urn:oid: or #id, ' +
  'with a resource type of FHIR R4.';
