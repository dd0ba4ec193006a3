/**
 * What must be one item at most (https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections): a statement that meets
 * more fails, as the specification of views demands, by a cast that tells what was wrong. SQL has no other way that
 * both engines know.
 */
import { PathError } from '../../fhir/path/path-error.ts';
import type { Expression } from '../ast.ts';
import { typeOf } from './elements.ts';
import * as sql from './nodes.ts';
import type { Item, Many, Value } from './path-value.ts';
import { bound, dense, itemSql, one, oneSql } from './path-value.ts';
import type { Scope } from './scope.ts';

/** What a failing statement says, before what it is that has too many; `$run` and `POST /sql` know it by this. */
const tooManyItems = 'more than one item in';

/** The one item, `undefined` of what is empty whatever the data. @param place says in the failure what has too many */
export function singleItem(value: Value, place: string, { fresh }: Scope): Item | undefined {
  if (value.kind === 'empty') return undefined;
  if (value.kind === 'choice') throw new PathError('a choice of types', 0, 'of which ofType(…) must say the one');
  if (value.kind === 'many') return onlyItem(value, place, fresh);
  const { item, condition } = value;
  if (condition === undefined) return item;
  if (item.form.kind === 'json') return { ...item, form: { ...item.form, base: sql.when(condition, item.form.base) } };
  if (item.form.kind === 'row') throw new PathError(place, 0, 'which is no value but has elements: name one of them');
  return { ...item, form: { ...item.form, sql: oneSql(one(item, condition)) } };
}

function onlyItem(many: Many, place: string, fresh: Scope['fresh']): Item {
  const failure = sql.cast(sql.text(`${tooManyItems} ${place}`), sql.named('bigint'));
  const element = bound(dense(many, fresh), fresh, (items) => sql.elementAt(
    items,
    sql.when(sql.binary('>', sql.call('cardinality', items), sql.number('1')), failure, sql.number('1')),
  ));
  return many.item(element);
}

/** @throws PathError for what is not of the type boolean */
export function booleanSql(value: Value, at: number, scope: Scope): Expression {
  if (value.kind === 'empty') return sql.cast(sql.nothing, sql.named('boolean'));
  if (value.kind === 'choice' || typeOf(value) !== 'boolean') throw new PathError('what stands', at, 'which is neither true nor false');
  return itemSql(singleItem(value, 'a condition', scope)!);
}
