import type { Json } from '../json.ts';
import { isObject } from '../json.ts';

/** A copy that shares nothing which can be changed; numbers keep their digits, as neither `structuredClone` nor a double does. */
export function copyJson<T extends Json | undefined>(value: T): T;
export function copyJson(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => copyJson(item));
  if (!isObject(value)) return value;
  // As an own property, whatever its name.
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copyJson(member)]));
}
