/**
 * STS: a role assumed for a while, narrowed by a session policy
 * (https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html). Whoever asks needs leave of its own, and of the role's trust.
 */
import type { Policy } from '../iam/evaluate.ts';
import type { Access, Service, ServiceAnswer } from './service.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html: `Policy`. */
const maxPolicyLength = 2048;

export interface Session {
  readonly role: string;
  readonly policy?: Policy;
}

export interface Sts extends Service {
  /** By the access keys that were given out. */
  readonly sessions: ReadonlyMap<string, Session>;
}

/** @param trusts whether the role may be assumed by whoever asks, by its trust policy */
export function sts(trusts: (role: string, caller: string | undefined) => boolean): Sts {
  const sessions = new Map<string, Session>();
  const inputOf = (body: Buffer): URLSearchParams => new URLSearchParams(body.toString());
  const accesses = (body: Buffer): readonly Access[] => {
    const input = inputOf(body);
    return [{ action: `sts:${input.get('Action')}`, resource: input.get('RoleArn') ?? '*' }];
  };
  return {
    sessions,
    accesses: ({ body }) => accesses(body),
    async answer({ body }, { name }) {
      const input = inputOf(body);
      if (input.get('Action') !== 'AssumeRole') throw new Error(`The harness does not know sts:${input.get('Action')}.`);
      const [role, policy] = [input.get('RoleArn')!.split('/').at(-1)!, input.get('Policy')];
      if (!trusts(role, name)) return refused('AccessDenied', 'The role does not trust whoever asks.');
      if (policy !== null && policy.length > maxPolicyLength) return refused('PackedPolicyTooLarge', 'The session policy is too large.');
      const accessKey = `ASIASESSION${sessions.size}`;
      sessions.set(accessKey, { role, ...(policy !== null && { policy: JSON.parse(policy) as Policy }) });
      const until = new Date(Date.now() + Number(input.get('DurationSeconds') ?? 3600) * 1000).toISOString();
      return xml(200, `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
        <AccessKeyId>${accessKey}</AccessKeyId><SecretAccessKey>harness</SecretAccessKey><SessionToken>harness</SessionToken><Expiration>${until}</Expiration>
        </Credentials></AssumeRoleResult></AssumeRoleResponse>`);
    },
    denied: (reason) => refused('AccessDenied', reason),
  };
}

function refused(code: string, message: string): ServiceAnswer {
  return xml(403, `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);
}

function xml(status: number, text: string): ServiceAnswer {
  return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(text) };
}
