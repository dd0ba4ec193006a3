/** `caldera profile …`: endpoints under names of one's own. */
import type { Call, Command } from '../command.ts';
import { checkedEndpoint } from '../endpoint.ts';
import { Failed, WrongUse } from '../failure.ts';
import { profilesPath, readProfiles, writeProfiles } from '../profiles.ts';
import type { Profile, Profiles } from '../profiles.ts';
import { tableText } from '../table-text.ts';

const nameShape = /^[A-Za-z0-9][\w.-]{0,63}$/;

/** @throws Failed when there is none of that name */
async function known({ words: [name = ''], terminal }: Call): Promise<{ readonly name: string; readonly path: string; readonly all: Profiles }> {
  const path = profilesPath(terminal);
  const all = await readProfiles(path);
  if (!Object.hasOwn(all.profiles, name)) throw new Failed(`There is no profile "${name}". caldera profile list shows those there are.`);
  return { name, path, all };
}

const set: Command = {
  name: 'profile set',
  words: 'NAME',
  count: [1, 1],
  says: 'Keep an endpoint under a name; the first one is in use from then on.',
  details: 'It takes --endpoint, and --region, --aws-profile and --datastore where they matter. An AWS endpoint with its region in the name needs no --region. Credentials are not kept: requests are signed with those that the AWS tools find.',
  examples: [
    'profile set local --endpoint http://127.0.0.1:8080',
    'profile set cloud --endpoint https://abc123.execute-api.eu-west-1.amazonaws.com/v1 --aws-profile clinic',
    'profile set own-domain --endpoint https://fhir.example.org --region eu-west-1',
  ],
  async run({ words: [name = ''], options, terminal }) {
    if (!nameShape.test(name)) throw new WrongUse('A profile has a name of letters, digits, dots, dashes and underscores.');
    const given = options.text('endpoint');
    if (given === undefined) throw new WrongUse('--endpoint says where the server is. See caldera profile set --help.');
    const { url, datastore } = checkedEndpoint(given);
    const profile: Profile = {
      endpoint: url,
      region: options.text('region'),
      awsProfile: options.text('aws-profile'),
      datastore: options.text('datastore') ?? datastore,
    };
    const path = profilesPath(terminal);
    const { current = name, profiles } = await readProfiles(path);
    await writeProfiles(path, { current, profiles: { ...profiles, [name]: profile } });
    terminal.tell(current === name ? `Profile ${name} is in use.` : `Profile ${name} is kept. caldera profile use ${name} puts it in use.`);
  },
};

const list: Command = {
  name: 'profile list',
  says: 'List the profiles; * marks the one in use.',
  examples: ['profile list'],
  async run({ json, terminal }) {
    const all = await readProfiles(profilesPath(terminal));
    if (json) return await terminal.print(`${JSON.stringify(all, undefined, 2)}\n`);
    const rows = Object.entries(all.profiles).map(([name, { endpoint, region = '', awsProfile = '', datastore = '' }]) => [
      name === all.current ? '*' : '', name, endpoint, region, awsProfile, datastore,
    ]);
    await terminal.print(tableText(['', 'NAME', 'ENDPOINT', 'REGION', 'AWS PROFILE', 'DATA STORE'], rows));
  },
};

const use: Command = {
  name: 'profile use',
  words: 'NAME',
  count: [1, 1],
  says: 'Use a profile whenever none is named.',
  examples: ['profile use local'],
  async run(call) {
    const { name, path, all } = await known(call);
    await writeProfiles(path, { ...all, current: name });
    call.terminal.tell(`Profile ${name} is in use.`);
  },
};

const remove: Command = {
  name: 'profile remove',
  words: 'NAME',
  count: [1, 1],
  says: 'Forget a profile.',
  examples: ['profile remove local'],
  async run(call) {
    const { name, path, all } = await known(call);
    const { [name]: _removed, ...profiles } = all.profiles;
    await writeProfiles(path, { ...(all.current === name ? {} : { current: all.current }), profiles });
  },
};

export const profileCommands: readonly Command[] = [set, list, use, remove];
