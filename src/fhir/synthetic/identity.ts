/**
 * Logical ids that look like UUIDs and follow from seed, patient number and role
 * (https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-8).
 */

import { hashWords } from './random.ts';

/** @returns a version 8 UUID: the same three arguments always give the same id, different ones different ids. */
export function syntheticId(seed: number, owner: number | 'shared', role: string): string {
  const hex = hashWords(`${seed}:${owner}:${role}`).map((word) => word.toString(16).padStart(8, '0')).join('');
  const variant = '89ab'[Number.parseInt(hex.charAt(16), 16) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
