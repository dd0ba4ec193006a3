/** Workgroups of Athena, of which each data store has one. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { CreateWorkGroupCommand, DeleteWorkGroupCommand, GetWorkGroupCommand, UpdateWorkGroupCommand } from '@aws-sdk/client-athena';
import { athenaWorkgroups } from '../../src/aws/athena-workgroups.ts';

const id = 'f'.repeat(32);
const settings = { keyArn: 'arn:aws:kms:eu-west-1:1:key/k' };
let configuration: object | undefined;
let sent: { readonly constructor: unknown; readonly input: Record<string, unknown> }[] = [];

function missing(): Error {
  return Object.assign(new Error(`WorkGroup caldera-${id} is not found.`), { name: 'InvalidRequestException' });
}

const client = {
  send: (async (command: { readonly input: Record<string, unknown> }) => {
    sent.push(command);
    if (command instanceof CreateWorkGroupCommand) configuration = command.input.Configuration;
    else if (configuration === undefined) throw missing();
    else if (command instanceof DeleteWorkGroupCommand) configuration = undefined;
    return { WorkGroup: { Configuration: configuration } };
  }) as never,
};
const workgroups = athenaWorkgroups({ client, deployment: 'caldera', bucket: 'objects' });
const kinds = (): unknown[] => sent.map(({ constructor }) => constructor);

beforeEach(() => {
  configuration = undefined;
  sent = [];
});

describe('the workgroup of a data store', () => {
  test('is made with its answers in the place of the store, under the key of the store, whatever who asks says', async () => {
    await workgroups.provide(id, settings);
    expect(kinds()).toEqual([GetWorkGroupCommand, CreateWorkGroupCommand]);
    expect(configuration).toMatchObject({
      EnforceWorkGroupConfiguration: true,
      BytesScannedCutoffPerQuery: 100_000_000_000,
      EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
      ResultConfiguration: { OutputLocation: `s3://objects/sql/${id}/`, EncryptionConfiguration: { EncryptionOption: 'SSE_KMS', KmsKey: settings.keyArn } },
    });
  });

  test('is left alone where it is as it should be, and brought to it where it is not', async () => {
    await workgroups.provide(id, settings);
    sent = [];
    await workgroups.provide(id, settings);
    expect(kinds()).toEqual([GetWorkGroupCommand]);
    await workgroups.provide(id, { keyArn: 'another' });
    expect(kinds()).toEqual([GetWorkGroupCommand, GetWorkGroupCommand, UpdateWorkGroupCommand]);
  });

  test('is removed with its history, once or again', async () => {
    await workgroups.provide(id, settings);
    await workgroups.remove(id);
    expect(sent.at(-1)!.input).toEqual({ WorkGroup: `caldera-${id}`, RecursiveDeleteOption: true });
    await workgroups.remove(id);
  });

  test('is not taken for missing when Athena fails', async () => {
    const failing = { send: (() => Promise.reject(Object.assign(new Error('Slow down.'), { name: 'TooManyRequestsException' }))) as never };
    await expect(athenaWorkgroups({ client: failing, deployment: 'caldera', bucket: 'objects' }).provide(id, settings)).rejects.toThrow('Slow down.');
  });
});
