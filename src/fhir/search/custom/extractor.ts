/**
 * Makes the function that extracts the values of one SearchParameter from resources of one type
 * (https://hl7.org/fhir/R4/searchparameter.html).
 */
import type { Expression } from '../../path/expression.ts';
import { parsePath } from '../../path/parse.ts';
import type { Resource } from '../../resource.ts';
import type { CustomParameter, SearchValue } from '../values.ts';
import { compileSelector } from './compile.ts';
import type { CustomComponent, CustomDefinition } from './definition-shape.ts';
import { spend, withinEffort } from './effort.ts';
import { readerOf } from './readers.ts';
import type { Read } from './readers.ts';
import { rootItem } from './selection.ts';
import type { Item, Position, Selector } from './selection.ts';

export type Extract = CustomParameter['extract'];

/**
 * @returns `undefined` where the expression can never yield a value of the parameter's kind in a resource of the type
 * @throws PathError for an expression that is not offered, or does not fit the type
 */
export function compileExtractor(definition: CustomDefinition, resourceType: string): Extract | undefined {
  const root: Position = { type: resourceType, path: resourceType };
  const { select, positions } = compileSelector(parsePath(definition.expression), { positions: [root], kind: 'resource' });
  const { type, targets, components = [] } = definition;
  const read = type === 'composite' ? tupleReader(components, positions, root) : readerOf(type, positions, targets);
  if (read === undefined) return undefined;
  return (resource, values) => withinEffort(definition.code, () => read(select([rootItem(resource, root)]), resource, values));
}

/**
 * One tuple for one element, so that its components stay together; none where one of them is missing
 * (https://hl7.org/fhir/R4/search.html#composite).
 */
function tupleReader(components: readonly CustomComponent[], positions: readonly Position[], root: Position): Read | undefined {
  if (components.length === 0 || positions.length === 0) return undefined;
  const parts = components.map((component) => compileComponent(component, positions, root));
  if (!parts.every((part) => part !== undefined)) return undefined;
  return (items, resource, into) => {
    const atRoot = parts.map(({ ofResource }) => ofResource(resource));
    for (const item of items) {
      // Each tuple has what `%resource` leads to once more.
      spend(atRoot.reduce((sum, { length }) => sum + length, 1));
      const tuple = parts.map(({ ofElement }, index) => [...atRoot[index] ?? [], ...ofElement(item, resource)]);
      if (tuple.every(({ length }) => length > 0)) into.push({ kind: 'composite', components: tuple });
    }
  };
}

interface Part {
  /** What `%resource` leads to: the same for every element, so it is read once. */
  readonly ofResource: (resource: Resource) => readonly SearchValue[];
  readonly ofElement: (item: Item, resource: Resource) => readonly SearchValue[];
}

/** A component's expression begins at the composite's element, or at `%resource`. */
export function compileComponent({ type, targets, expression }: CustomComponent, positions: readonly Position[], root: Position): Part | undefined {
  const branches = branchesOf(parsePath(expression));
  const reading = (selector: Selector): Reading => ({ selector, read: readerOf(type, selector.positions, targets) });
  const ofResource = branches.filter(startsAtResource).map((branch) => reading(compileSelector(branch, { positions: [root], kind: 'resource' })));
  const ofElement = branches.filter((branch) => !startsAtResource(branch)).map((branch) => reading(compileSelector(branch, { positions, kind: 'element' })));
  if ([...ofResource, ...ofElement].every(({ read }) => read === undefined)) return undefined;
  return {
    ofResource: (resource) => valuesOf(ofResource, rootItem(resource, root), resource),
    ofElement: (item, resource) => valuesOf(ofElement, item, resource),
  };
}

interface Reading {
  readonly selector: Selector;
  readonly read: Read | undefined;
}

function valuesOf(readings: readonly Reading[], item: Item, resource: Resource): readonly SearchValue[] {
  const values: SearchValue[] = [];
  for (const { selector, read } of readings) read?.(selector.select([item]), resource, values);
  return values;
}

function branchesOf(expression: Expression): readonly Expression[] {
  if (expression.kind !== 'binary' || expression.operator !== '|') return [expression];
  return [...branchesOf(expression.left), ...branchesOf(expression.right)];
}

function startsAtResource(expression: Expression): boolean {
  switch (expression.kind) {
    case 'root':
      return expression.name === '%resource';
    case 'binary':
      return startsAtResource(expression.left) && startsAtResource(expression.right);
    case 'literal':
      return false;
    default:
      return expression.of !== undefined && startsAtResource(expression.of);
  }
}
