/**
 * KMS as far as the deployment uses it: keys with policies, tags and aliases
 * (https://docs.aws.amazon.com/kms/latest/APIReference/Welcome.html). Nothing is encrypted; what counts is who may.
 */
import { randomUUID } from 'node:crypto';
import type { Policy } from '../iam/evaluate.ts';
import type { Place } from '../template/physical-names.ts';
import { jsonAnswer, jsonCall, jsonError, unknownOperation } from './service.ts';
import type { Access, Service, ServiceAnswer } from './service.ts';

export interface Key {
  readonly arn: string;
  readonly id: string;
  readonly policy: Policy;
  readonly tags: Readonly<Record<string, string>>;
  rotated: boolean;
  state: 'Enabled' | 'PendingDeletion';
}

export interface Keys {
  readonly service: Service;
  all(): readonly Key[];
  add(key: { readonly id: string; readonly policy: Policy; readonly tags: Readonly<Record<string, string>> }): Key;
  /** @param name an id, an ARN or an alias */
  find(name: string): Key | undefined;
  alias(alias: string, arn: string): void;
  aliasesOf(arn: string): readonly string[];
  /** What a service asks of the key for a caller: `kms:Decrypt` through DynamoDB. */
  uses(arn: string, service: string, actions: readonly string[]): readonly Access[];
}

/** An account's own key without a policy of its own has this one. */
function defaultPolicy({ account }: Place): Policy {
  return { Statement: { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' } };
}

/** @param attached told of every new key's policy */
export function keyRegister(place: Place, attached: (arn: string, policy: Policy) => void): Keys {
  const keys = new Map<string, Key>();
  const aliases = new Map<string, string>();
  const arnOf = (id: string): string => `arn:aws:kms:${place.region}:${place.account}:key/${id}`;
  const aliasArn = (alias: string): string => `arn:aws:kms:${place.region}:${place.account}:${alias}`;
  const register: Omit<Keys, 'service'> = {
    all: () => [...keys.values()],
    add({ id, policy, tags }) {
      const key: Key = { arn: arnOf(id), id, policy, tags, rotated: false, state: 'Enabled' };
      keys.set(key.arn, key);
      attached(key.arn, policy);
      return key;
    },
    find: (name) => keys.get(name) ?? keys.get(arnOf(name)) ?? keys.get(aliases.get(name.replace(/^arn:.*:(?=alias\/)/, '')) ?? ''),
    alias: (alias, arn) => void aliases.set(alias, arn),
    aliasesOf: (arn) => [...aliases].filter(([, target]) => target === arn).map(([alias]) => alias),
    uses: (arn, service, actions) => actions.map((action) => ({
      action, resource: arn, context: { ...contextOf(arn), 'kms:ViaService': `${service}.${place.region}.amazonaws.com`, 'kms:CallerAccount': place.account },
    })),
  };
  const contextOf = (arn: string): Record<string, string | readonly string[]> => ({
    'kms:ResourceAliases': register.aliasesOf(arn),
    ...Object.fromEntries(Object.entries(keys.get(arn)?.tags ?? {}).map(([name, value]) => [`aws:ResourceTag/${name}`, value])),
  });
  const onKey = (action: string, name: string): Access => {
    const arn = register.find(name)?.arn ?? (name.startsWith('arn:') ? name : arnOf(name));
    return { action: `kms:${action}`, resource: arn, context: contextOf(arn) };
  };
  const service: Service = {
    accesses(request) {
      const { operation, input } = jsonCall(request);
      const onAlias = { action: `kms:${operation}`, resource: aliasArn(input.AliasName) };
      if (operation === 'CreateKey') return [{ action: 'kms:CreateKey', resource: '*', context: requestTags(input.Tags) }, ...taggingOnCreation(input)];
      if (operation === 'ListAliases' || operation === 'ListKeys') return [{ action: `kms:${operation}`, resource: '*' }];
      if (operation === 'CreateAlias') return [onAlias, onKey(operation, input.TargetKeyId)];
      if (operation === 'DeleteAlias') {
        const target = aliases.get(input.AliasName);
        return target === undefined ? [onAlias] : [onAlias, onKey(operation, target)];
      }
      if (operation === 'UpdateAlias') return [onAlias, onKey(operation, input.TargetKeyId), onKey(operation, aliases.get(input.AliasName) ?? input.TargetKeyId)];
      // An alias that leads nowhere is NotFoundException for everybody: there is no key to ask about.
      return isAlias(input.KeyId) && register.find(input.KeyId) === undefined ? [] : [onKey(operation, input.KeyId)];
    },
    answer: async (request) => answerOf(jsonCall(request), { ...register, service }, { place, aliases, aliasArn }),
    denied: (reason) => jsonError('AccessDeniedException', reason),
  };
  return { ...register, service };
}

function isAlias(name: string): boolean {
  return /^(?:arn:[^/]*:)?alias\//.test(name);
}

function requestTags(tags: readonly { TagKey: string; TagValue: string }[] = []): Record<string, string | readonly string[]> {
  if (tags.length === 0) return {};
  return { 'aws:TagKeys': tags.map(({ TagKey }) => TagKey), ...Object.fromEntries(tags.map(({ TagKey, TagValue }) => [`aws:RequestTag/${TagKey}`, TagValue])) };
}

/** Tags on creation need their own permission, on a key that has no ARN yet. */
function taggingOnCreation({ Tags }: { Tags?: readonly { TagKey: string; TagValue: string }[] }): readonly Access[] {
  return Tags === undefined || Tags.length === 0 ? [] : [{ action: 'kms:TagResource', resource: '*', context: requestTags(Tags) }];
}

interface Surroundings {
  readonly place: Place;
  readonly aliases: Map<string, string>;
  readonly aliasArn: (alias: string) => string;
}

// oxlint-disable-next-line typescript/no-explicit-any -- each operation has its own parameters
function answerOf({ operation, input }: { operation: string; input: any }, keys: Keys, { place, aliases, aliasArn }: Surroundings): ServiceAnswer {
  const key = input.KeyId === undefined ? undefined : keys.find(input.KeyId);
  const metadata = ({ arn, id, state }: Key) => ({ Arn: arn, KeyId: id, KeyState: state, AWSAccountId: place.account, Enabled: state === 'Enabled', KeySpec: 'SYMMETRIC_DEFAULT', KeyUsage: 'ENCRYPT_DECRYPT', KeyManager: 'CUSTOMER' });
  const operations: Readonly<Record<string, () => ServiceAnswer>> = {
    CreateKey() {
      const tags = Object.fromEntries(((input.Tags ?? []) as { TagKey: string; TagValue: string }[]).map(({ TagKey, TagValue }) => [TagKey, TagValue]));
      const policy = input.Policy === undefined ? defaultPolicy(place) : (JSON.parse(input.Policy) as Policy);
      return jsonAnswer({ KeyMetadata: metadata(keys.add({ id: randomUUID(), policy, tags })) });
    },
    DescribeKey: () => jsonAnswer({ KeyMetadata: metadata(key!) }),
    EnableKeyRotation() {
      key!.rotated = true;
      return jsonAnswer({});
    },
    GetKeyRotationStatus: () => jsonAnswer({ KeyRotationEnabled: key!.rotated }),
    CreateAlias() {
      if (aliases.has(input.AliasName)) return jsonError('AlreadyExistsException', 'The alias is taken.');
      aliases.set(input.AliasName, keys.find(input.TargetKeyId)!.arn);
      return jsonAnswer({});
    },
    UpdateAlias() {
      if (!aliases.has(input.AliasName)) return jsonError('NotFoundException', 'There is no such alias.');
      aliases.set(input.AliasName, keys.find(input.TargetKeyId)!.arn);
      return jsonAnswer({});
    },
    DeleteAlias: () => (aliases.delete(input.AliasName) ? jsonAnswer({}) : jsonError('NotFoundException', 'There is no such alias.')),
    ListAliases() {
      const wanted = [...aliases].filter(([, arn]) => key === undefined || arn === key.arn);
      return jsonAnswer({ Aliases: wanted.map(([alias, arn]) => ({ AliasName: alias, AliasArn: aliasArn(alias), TargetKeyId: arn.split('/')[1] })), Truncated: false });
    },
    ScheduleKeyDeletion() {
      if (key!.state === 'PendingDeletion') return jsonError('KMSInvalidStateException', 'The key is pending deletion.');
      key!.state = 'PendingDeletion';
      return jsonAnswer({ KeyId: key!.arn, KeyState: key!.state });
    },
  };
  const answer = operations[operation];
  if (answer === undefined) throw unknownOperation('kms', operation);
  const known = ['CreateKey', 'CreateAlias', 'UpdateAlias', 'DeleteAlias', 'ListAliases'].includes(operation) || key !== undefined;
  return known ? answer() : jsonError('NotFoundException', 'There is no such key.');
}
