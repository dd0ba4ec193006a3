/**
 * Grants that nothing needed. A role allows what its function calls on some path; the paths that the suites do not take
 * are named here with the reason, and a name that has become wrong fails as well.
 */
import type { Deployed } from './deployed.ts';

interface Excused {
  /** Functions by name, or `workflow`. */
  readonly of: readonly string[];
  /** `Sid action`, as the statement has them. */
  readonly grants: readonly string[];
  readonly reason: string;
}

export const excused: readonly Excused[] = [];

/** @returns `function Sid action` for every grant that was not needed and is not excused, and for every excuse that is wrong */
export function surplusGrants(deployed: Deployed): readonly string[] {
  const unused = new Set(unusedGrants(deployed));
  const expected = new Set(excused.flatMap(({ of, grants }) => of.flatMap((name) => grants.map((grant) => `${name} ${grant}`))));
  return [...[...unused].filter((grant) => !expected.has(grant)), ...[...expected].filter((grant) => !unused.has(grant)).map((grant) => `${grant} was needed`)];
}

export function unusedGrants(deployed: Deployed): readonly string[] {
  const owners = new Map([
    ...deployed.functionNames.map((name) => [deployed.roleOf(name), name.replace(/^caldera-/, '')] as const),
    ...deployed.machineRoles.map((role) => [role, 'workflow'] as const),
  ]);
  return deployed.authority.unusedGrants([...owners.keys()]).map(({ role, statement, action }) => `${owners.get(role)} ${statement} ${action}`);
}
