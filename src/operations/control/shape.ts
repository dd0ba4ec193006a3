/**
 * Shapes of what HealthLake's operations take, as data, in the terms of the API's model: kinds, lengths, patterns, enums,
 * unions (https://smithy.io/2.0/spec/constraint-traits.html).
 */

export interface TextShape {
  readonly kind: 'text';
  /** Unicode characters, both inclusive. */
  readonly min?: number;
  readonly max?: number;
  /** Of the whole text. */
  readonly pattern?: RegExp;
  readonly values?: readonly string[];
}

export interface IntegerShape {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
}

export interface BooleanShape {
  readonly kind: 'boolean';
}

/** Seconds since the epoch, also parts of one. */
export interface TimestampShape {
  readonly kind: 'timestamp';
}

export interface ListShape {
  readonly kind: 'list';
  readonly of: Shape;
  readonly max: number;
}

export interface StructureShape {
  readonly kind: 'structure';
  readonly members: Readonly<Record<string, Shape>>;
  readonly required: readonly string[];
  /** Exactly one member is given. */
  readonly union?: true;
}

export type Shape = TextShape | IntegerShape | BooleanShape | TimestampShape | ListShape | StructureShape;

/** What a value of the shape is once it has been checked. */
export type ValueOf<S> =
  S extends { readonly kind: 'text'; readonly values: readonly (infer Value)[] } ? Value
    : S extends { readonly kind: 'text' } ? string
      : S extends { readonly kind: 'integer' | 'timestamp' } ? number
        : S extends { readonly kind: 'boolean' } ? boolean
          : S extends { readonly kind: 'list'; readonly of: infer Member } ? readonly ValueOf<Member>[]
            : S extends { readonly kind: 'structure'; readonly members: infer Members; readonly required: readonly (infer Required)[] }
              ? { readonly [Name in keyof Members as Name extends Required ? Name : never]: ValueOf<Members[Name]> }
                & { readonly [Name in keyof Members as Name extends Required ? never : Name]?: ValueOf<Members[Name]> }
              : never;

export function oneOf<const Value extends string>(...values: readonly Value[]) {
  return { kind: 'text', values } as const;
}

export function text<const Bounds extends Omit<TextShape, 'kind' | 'values'>>(bounds: Bounds) {
  return { kind: 'text', ...bounds } as const;
}

export function integer(min: number, max: number) {
  return { kind: 'integer', min, max } as const;
}

export const boolean = { kind: 'boolean' } as const;
export const timestamp = { kind: 'timestamp' } as const;

export function list<const Member extends Shape>(of: Member, max: number) {
  return { kind: 'list', of, max } as const;
}

export function structure<const Members extends Readonly<Record<string, Shape>>, const Required extends readonly (keyof Members & string)[]>(
  members: Members, ...required: Required
) {
  return { kind: 'structure', members, required } as const;
}

export function union<const Members extends Readonly<Record<string, Shape>>>(members: Members) {
  return { kind: 'structure', members, required: [] as readonly never[], union: true } as const;
}
