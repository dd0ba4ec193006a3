/** `caldera datastore …`: the life of data stores, over HealthLake's control API. */
import type { Call, Command } from '../command.ts';
import { clientToken } from '../control.ts';
import type { JsonObject } from '../control.ts';
import { properties, settled, storesText, storeText } from '../datastore-properties.ts';
import { creation, creationOptions, settingOptions, settings, tagOf } from '../datastore-settings.ts';
import { Failed, WrongUse } from '../failure.ts';
import { epochSeconds } from '../input.ts';
import { cell, propertiesText } from '../table-text.ts';
import { timeoutOption } from '../waiting.ts';

const statuses = ['CREATING', 'ACTIVE', 'UPDATING', 'UPDATE_FAILED', 'CREATE_FAILED', 'DELETING', 'DELETED'];
const waitOption = { wait: { says: 'wait until it is done' }, timeout: timeoutOption };
/** An id of HealthLake's form, in the examples. */
const anId = '3f2a9c0b6d1e4f7788990a1b2c3d4e5f';

const jsonText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** The store that a word names, or else the chosen one. */
const meant = async ({ words, datastore }: Call): Promise<string> => words[0] ?? (await datastore());

async function printStore({ json, terminal }: Call, store: JsonObject): Promise<void> {
  await terminal.print(json ? jsonText(store) : storeText(store));
}

/** What a request that changes a store answers with, or the store when its end is waited for. */
async function begun(call: Call, answer: JsonObject, wanted: 'ACTIVE' | 'DELETED'): Promise<void> {
  const id = cell(answer['DatastoreId']);
  await printStore(call, call.options.flag('wait') ? await settled(call, id, wanted) : answer);
}

const create: Command = {
  name: 'datastore create',
  says: 'Make a data store.',
  options: {
    ...settingOptions,
    ...creationOptions,
    preload: { value: 'DATA', says: 'begin with invented patients: synthea' },
    'client-token': { value: 'TOKEN', says: 'the same token again means the same store' },
    ...waitOption,
  },
  details: 'The answer comes at once, with the id; the store takes requests when it is ACTIVE, for which --wait waits.',
  examples: ['datastore create --name trial --wait', 'datastore create --name demo --preload synthea --tag team=research --wait'],
  async run(call) {
    const { options, terminal, control } = call;
    const preload = options.text('preload');
    if (preload !== undefined && preload.toLowerCase() !== 'synthea') throw new WrongUse('--preload takes synthea.');
    const answer = await (await control()).call('CreateFHIRDatastore', {
      DatastoreTypeVersion: 'R4',
      ...(await settings(options, terminal)),
      ...creation(options),
      PreloadDataConfig: preload === undefined ? undefined : { PreloadDataType: 'SYNTHEA' },
      ClientToken: options.text('client-token') ?? clientToken(),
    });
    await begun(call, answer, 'ACTIVE');
  },
};

const list: Command = {
  name: 'datastore list',
  says: 'List data stores.',
  options: {
    name: { value: 'NAME', says: 'those of this name' },
    status: { value: 'STATUS', says: 'those of this status, as ACTIVE' },
    'created-after': { value: 'TIME', says: 'those made after this time' },
    'created-before': { value: 'TIME', says: 'those made before this time' },
  },
  examples: ['datastore list', 'datastore list --status ACTIVE --json', 'datastore list --created-after 2026-01-01'],
  async run({ options, json, terminal, control }) {
    const status = options.text('status')?.toUpperCase();
    if (status !== undefined && !statuses.includes(status)) throw new WrongUse(`--status is one of ${statuses.join(', ')}.`);
    const time = (name: string): number | undefined => {
      const text = options.text(name);
      return text === undefined ? undefined : epochSeconds(`--${name}`, text);
    };
    const filter = { DatastoreName: options.text('name'), DatastoreStatus: status, CreatedAfter: time('created-after'), CreatedBefore: time('created-before') };
    const given = Object.values(filter).some((value) => value !== undefined);
    const stores = await Array.fromAsync((await control()).list('ListFHIRDatastores', given ? { Filter: filter } : {}, 'DatastorePropertiesList'));
    await terminal.print(json ? jsonText(stores) : storesText(stores));
  },
};

const describe: Command = {
  name: 'datastore describe',
  words: '[ID]',
  count: [0, 1],
  says: 'Show a data store.',
  examples: ['datastore describe', `datastore describe ${anId} --json`],
  async run(call) {
    await printStore(call, await properties(await call.control(), await meant(call)));
  },
};

const update: Command = {
  name: 'datastore update',
  words: '[ID]',
  count: [0, 1],
  says: 'Change a data store.',
  options: { ...settingOptions, ...waitOption },
  details: 'What is not named stays as it is; an identity provider configuration replaces the whole of the one before.',
  examples: ['datastore update --name cardiology', `datastore update ${anId} --backup-days 14 --wait`],
  async run(call) {
    const wanted = await settings(call.options, call.terminal);
    if (Object.values(wanted).every((value) => value === undefined)) throw new WrongUse('What is to change? See caldera datastore update --help.');
    const answer = await (await call.control()).call('UpdateFHIRDatastore', { DatastoreId: await meant(call), ...wanted });
    await begun(call, answer['DatastoreProperties'] as JsonObject, 'ACTIVE');
  },
};

const remove: Command = {
  name: 'datastore delete',
  words: 'ID',
  count: [1, 1],
  says: 'Delete a data store with all it holds.',
  options: { yes: { says: 'really' }, ...waitOption },
  examples: [`datastore delete ${anId} --yes --wait`],
  async run(call) {
    if (!call.options.flag('yes')) throw new WrongUse('This deletes the data store and every record in it, for ever. To go on, add --yes.');
    await begun(call, await (await call.control()).call('DeleteFHIRDatastore', { DatastoreId: call.words[0] }), 'DELETED');
  },
};

const restore: Command = {
  name: 'datastore restore',
  words: '[ID]',
  count: [0, 1],
  says: 'Make a new data store from the backup of one, as it was at a time.',
  options: { to: { value: 'TIME', says: 'the time; it has to lie in what describe says is restorable' }, ...settingOptions, ...creationOptions, ...waitOption },
  details: 'The store itself stays as it is.',
  examples: [`datastore restore ${anId} --to 2026-03-01T12:00:00Z --name before-the-mistake --wait`],
  async run(call) {
    const to = call.options.text('to');
    if (to === undefined) throw new WrongUse('--to says to which time, as 2026-03-01T12:00:00Z.');
    const wanted = await settings(call.options, call.terminal);
    const answer = await (await call.control()).call('RestoreFHIRDatastore', {
      SourceDatastoreId: await meant(call),
      RestoreConfiguration: { ContinuousBackupRestoreConfiguration: { RestorePointTime: epochSeconds('--to', to) } },
      ...wanted,
      ...creation(call.options),
      ClientToken: clientToken(),
    });
    await begun(call, answer, 'ACTIVE');
  },
};

const wait: Command = {
  name: 'datastore wait',
  words: '[ID]',
  count: [0, 1],
  says: 'Wait until a data store is active, or gone.',
  options: { until: { value: 'STATUS', says: 'active (the default) or deleted' }, timeout: timeoutOption },
  examples: [`datastore wait ${anId}`, `datastore wait ${anId} --until deleted --timeout 600`],
  async run(call) {
    const until = (call.options.text('until') ?? 'active').toUpperCase();
    if (until !== 'ACTIVE' && until !== 'DELETED') throw new WrongUse('--until is active or deleted.');
    await printStore(call, await settled(call, await meant(call), until));
  },
};

const tag: Command = {
  name: 'datastore tag',
  words: '[ID] [KEY=VALUE …]',
  count: [0, 201],
  says: 'Show, set or remove the tags of a data store.',
  options: { remove: { value: 'KEY', multiple: true, says: 'remove this tag' } },
  examples: ['datastore tag', 'datastore tag team=research stage=trial', `datastore tag ${anId} --remove stage`],
  async run(call) {
    const id = call.words.find((word, index) => index === 0 && !word.includes('=')) ?? (await call.datastore());
    const tags = call.words.filter((word, index) => index > 0 || word.includes('=')).map(tagOf);
    const control = await call.control();
    const { DatastoreArn: ResourceARN } = await properties(control, id);
    if (ResourceARN === undefined) throw new Failed('The server did not say the ARN of the data store.');
    if (tags.length > 0) await control.call('TagResource', { ResourceARN, Tags: tags });
    const removed = call.options.texts('remove');
    if (removed.length > 0) await control.call('UntagResource', { ResourceARN, TagKeys: removed });
    const left = ((await control.call('ListTagsForResource', { ResourceARN }))['Tags'] ?? []) as readonly { Key: string; Value: string }[];
    await call.terminal.print(call.json ? jsonText(left) : propertiesText(left.map(({ Key, Value }) => [Key, Value === '' ? '""' : Value])));
  },
};

export const datastoreCommands: readonly Command[] = [create, list, describe, update, remove, restore, wait, tag];
