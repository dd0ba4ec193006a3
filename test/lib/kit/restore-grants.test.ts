/** What a step that restores may do: a restored table is made under the store's key, as any other. */
import { expect, test } from '@jest/globals';
import { roleStatements } from '../../../lib/kit/grants.ts';
import { controlFunctions } from '../../../src/aws/control-functions.ts';

const grantor = { deployment: 'caldera', platformKeyArn: 'platform-key', eventBusName: 'default', jobBuckets: [], jobKeyArns: [] };

function actionsOf(name: string, sid: string): readonly string[] {
  const { grants } = controlFunctions.find((spec) => spec.name === name)!;
  return roleStatements(grantor, grants).filter(({ Sid }) => Sid === sid).flatMap(({ Action }) => Action);
}

test('the step that restores a table may fill it, and lets DynamoDB use its key from then on', () => {
  expect(actionsOf('restore-tables', 'EveryTable')).toEqual(expect.arrayContaining(['dynamodb:RestoreTableToPointInTime', 'dynamodb:BatchWriteItem', 'dynamodb:TagResource']));
  expect(actionsOf('restore-tables', 'KeysOfStores')).toEqual(actionsOf('create-tables', 'KeysOfStores'));
});

test('no step of a restore may delete what is the source’s', () => {
  for (const name of ['restore-tables', 'copy-objects', 'settle-restored', 'rebuild-index']) {
    const { grants } = controlFunctions.find((spec) => spec.name === name)!;
    const actions = roleStatements(grantor, grants).flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /DeleteTable|DeleteObject|ScheduleKeyDeletion/.test(action))).toEqual([]);
  }
});
