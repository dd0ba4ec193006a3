/** What a role allows, as data. */

/** A statement of a policy as IAM reads it. */
export interface RoleStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export function allow(sid: string, actions: readonly string[], ...resources: readonly string[]): RoleStatement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resources };
}
