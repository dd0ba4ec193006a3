/** What a SearchParameter resource says (https://hl7.org/fhir/R4/searchparameter.html), whatever its shape. */
import { resourceTypes } from '../../definitions/resource-types.ts';
import { searchParameters } from '../../definitions/search-parameters.mjs';
import type { Json } from '../../json.ts';
import { isObject } from '../../json.ts';
import { isDomainResource } from '../../path/types.ts';
import type { Resource } from '../../resource.ts';
import type { ComponentDefinition, CustomDefinition } from './definition-shape.ts';

/** Absent where the resource has no text there. */
export interface WrittenParameter {
  readonly url?: string | undefined;
  readonly version?: string | undefined;
  readonly status?: string | undefined;
  readonly code?: string | undefined;
  readonly type?: string | undefined;
  readonly expression?: string | undefined;
  readonly base: readonly string[];
  readonly targets: readonly string[];
  readonly components: readonly WrittenComponent[];
}

export interface WrittenComponent {
  /** Without its version. */
  readonly url?: string | undefined;
  readonly expression?: string | undefined;
}

export function writtenParameter(resource: Resource): WrittenParameter {
  const { url, version, status, code, type, expression, base, target, component } = resource;
  return {
    url: text(url),
    version: text(version),
    status: text(status),
    code: text(code),
    type: text(type),
    expression: text(expression),
    base: [...new Set(list(base).flatMap((one) => text(one) ?? []))].toSorted(),
    targets: [...new Set(list(target).flatMap((one) => text(one) ?? []))].toSorted(),
    components: list(component).filter(isObject).map((one) => ({ url: text(one['definition'])?.split('|')[0], expression: text(one['expression']) })),
  };
}

function list(element: Json | undefined): readonly Json[] {
  return Array.isArray(element) ? element : [];
}

function text(element: Json | undefined): string | undefined {
  return typeof element === 'string' && element !== '' ? element : undefined;
}

/** The resource types of a definition: those of `Resource` are all, of `DomainResource` all but three. */
export function typesOf({ base }: Pick<CustomDefinition, 'base'>): readonly string[] {
  if (base.includes('Resource')) return resourceTypes;
  if (!base.includes('DomainResource')) return base;
  return resourceTypes.filter((type) => isDomainResource(type) || base.includes(type));
}

const byUrl = new Map<string, ComponentDefinition>(searchParameters.map((parameter) => [parameter.url, parameter]));

/** R4's own parameter of a canonical URL. */
export function baseParameter(url: string): ComponentDefinition | undefined {
  return byUrl.get(url);
}
