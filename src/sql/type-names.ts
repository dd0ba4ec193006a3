/** Types as Athena names them (https://docs.aws.amazon.com/athena/latest/ug/data-types.html). */
import type { SqlType } from './ast.ts';
import { quotedName, wholeNumber } from './quote.ts';

const zoned = ' with time zone';

/** `array(row("family" varchar, "given" array(varchar)))`, as a statement has it. */
export function typeText(type: SqlType): string {
  return written(type, quotedName);
}

/** The same for people, without quotes where they are not needed. */
export function typeName(type: SqlType): string {
  return written(type, (name) => /^[a-z_][a-z0-9_]*$/i.test(name) ? name : quotedName(name));
}

function written(type: SqlType, fieldName: (name: string) => string): string {
  const inner = (part: SqlType) => written(part, fieldName);
  switch (type.kind) {
    case 'array': return `array(${inner(type.element)})`;
    case 'map': return `map(${inner(type.key)}, ${inner(type.value)})`;
    case 'row':
      return `row(${type.fields.map((field) => (field.name === undefined ? '' : `${fieldName(field.name)} `) + inner(field.type)).join(', ')})`;
    default: return named(type);
  }
}

function named({ name, parameters }: Extract<SqlType, { kind: 'named' }>): string {
  if (!/^[a-z][a-z0-9_ ]*$/.test(name)) throw new Error('No type is named so.');
  if (!parameters?.length) return name;
  const counts = `(${parameters.map(wholeNumber).join(',')})`;
  return name.endsWith(zoned) ? `${name.slice(0, -zoned.length)}${counts}${zoned}` : name + counts;
}
