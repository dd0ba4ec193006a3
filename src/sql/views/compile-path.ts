/**
 * Compiles a FHIRPath of a view (https://hl7.org/fhirpath/N1/) to a collection over the lake's tables: the subset of
 * https://build.fhir.org/ig/FHIR/sql-on-fhir-v2/StructureDefinition-ViewDefinition.html#supported-fhirpath-functionality
 * and what of FHIRPath comes cheaply beside it.
 */
import type { ComputingExpression } from '../../fhir/path/expression.ts';
import { PathError } from '../../fhir/path/path-error.ts';
import { fhirType } from '../../fhir/path/types.ts';
import type { Expression } from '../ast.ts';
import { elementsOf, hasElement, ofType, typeOf } from './elements.ts';
import { compileBinary } from './operators.ts';
import { pathFunctions } from './path-functions.ts';
import type { Value } from './path-value.ts';
import { computed, exists, flatMap, itemAt, one } from './path-value.ts';
import { literalItem } from './primitive-classes.ts';
import type { Scope } from './scope.ts';
import { booleanSql } from './singleton.ts';
import { isTemporalText } from './temporal.ts';

/** @throws PathError for what is not offered, or cannot be right */
export function compilePath(expression: ComputingExpression, scope: Scope): Value {
  switch (expression.kind) {
    case 'literal': {
      const item = literalItem(expression.literal);
      if (expression.literal.kind === 'date' && !isTemporalText(item.type, expression.literal.text.replace(/T$/, ''))) {
        throw new PathError('a date', expression.at, 'which there is not');
      }
      return one(item);
    }
    case 'root': return rootValue(expression, scope);
    case 'member': return memberValue(expression, scope);
    case 'call': return callValue(expression, scope);
    case 'index': return indexed(expression, scope);
    case 'type': return typed(expression, scope);
    case 'binary': return compileBinary(expression, scope, compilePath);
  }
}

/** Compiles what must be true or false. @throws PathError where it is anything else */
export function compileCondition(expression: ComputingExpression, scope: Scope): Expression {
  return booleanSql(compilePath(expression, scope), expression.at, scope);
}

function rootValue({ name, at }: Extract<ComputingExpression, { kind: 'root' }>, { focus, context, resource, rowIndex, constants }: Scope): Value {
  if (name === '$this') return focus;
  if (name === '%context') return context;
  if (name === '%resource' || name === '%rootResource') return resource;
  if (name === '%rowIndex') return computed('integer', rowIndex);
  const constant = name.startsWith('%') ? constants.get(name.slice(1)) : undefined;
  if (constant === undefined) throw new PathError(name, at, 'which is no constant of the view');
  return constant;
}

function memberValue({ of, name, at }: Extract<ComputingExpression, { kind: 'member' }>, scope: Scope): Value {
  // A path may begin with the type that it begins from: Patient.name.
  if (of === undefined && scope.focus === scope.resource && name === scope.resource.item.type) return scope.resource;
  const from = of === undefined ? scope.focus : compilePath(of, scope);
  if (from.kind === 'choice') throw new PathError(`"${name}"`, at, 'of a choice of types: say of which by ofType(…)');
  if (from.kind !== 'empty' && !hasElement(typeOf(from), name)) scope.warn(`"${name}" at character ${at + 1} is no element of ${typeOf(from)}: it is empty.`);
  return flatMap(from, (item) => elementsOf(item, name), scope.fresh);
}

function callValue(expression: Extract<ComputingExpression, { kind: 'call' }>, scope: Scope): Value {
  const { of, name, at } = expression;
  const compile = Object.hasOwn(pathFunctions, name) ? pathFunctions[name] : undefined;
  if (compile === undefined) throw new PathError(`${name}(…)`, at);
  const from = of === undefined ? scope.focus : compilePath(of, scope);
  return compile({ from, call: expression, scope, compile: compilePath });
}

function indexed({ of, index, at }: Extract<ComputingExpression, { kind: 'index' }>, scope: Scope): Value {
  const from = compilePath(of, scope);
  return itemAt(from, typeof index === 'number' ? index : constantIndex(index, at, scope), scope.fresh);
}

function constantIndex(name: string, at: number, { constants }: Scope): number {
  const form = constants.get(name.slice(1))?.item.form;
  const written = form?.kind === 'scalar' && form.scalar === 'integer' ? form.written : undefined;
  if (written === undefined || !/^\d{1,9}$/.test(written)) throw new PathError(name, at, 'which is no constant of the view that is a place from 0');
  return Number(written);
}

function typed({ operator, of, type, at }: Extract<ComputingExpression, { kind: 'type' }>, scope: Scope): Value {
  const known = fhirType(type);
  if (known === undefined) throw new PathError(`"${type}"`, at, 'which is no type of FHIR R4');
  const found = ofType(compilePath(of, scope), known, scope.fresh);
  return operator === 'as' ? found : computed('boolean', exists(found, scope.fresh));
}

