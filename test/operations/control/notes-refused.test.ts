/** Where nothing reads notes, no data store is promised that its notes are read. */
import { expect, test } from '@jest/globals';
import { ControlPlatform } from './control-platform.ts';

const refused = { name: 'ValidationException', message: 'Notes cannot be read here.' };

test('Where notes cannot be read, a data store that is to have them read is neither made nor changed, and is told why', async () => {
  const platform = new ControlPlatform({ notesRefusal: refused.message });
  const NlpConfiguration = { Status: 'ENABLED' };
  await expect(platform.made({ NlpConfiguration })).rejects.toMatchObject(refused);
  expect(platform.started).toEqual([]);
  const DatastoreId = await platform.made();
  await expect(platform.call('UpdateFHIRDatastore', { DatastoreId, NlpConfiguration })).rejects.toMatchObject(refused);
  const { DatastoreProperties } = await platform.call('UpdateFHIRDatastore', { DatastoreId, NlpConfiguration: { Status: 'DISABLED' } });
  expect(DatastoreProperties).toMatchObject({ DatastoreStatus: 'ACTIVE', NlpConfiguration: { Status: 'DISABLED' } });
});
