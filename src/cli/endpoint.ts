/** Which server a command speaks to, and as whom: by its options, the environment, or a profile. */
import { Failed, WrongUse } from './failure.ts';
import { profilesPath, readProfiles } from './profiles.ts';
import type { Profile } from './profiles.ts';
import type { Terminal } from './terminal.ts';

/** Where `npm start` listens unless told otherwise. */
export const defaultEndpoint = 'http://127.0.0.1:8080';

export interface Endpoint {
  /** Without a slash at the end; on AWS with the stage, as `https://abc.execute-api.eu-west-1.amazonaws.com/v1`. */
  readonly url: string;
  /** Absent: requests are not signed. */
  readonly signing?: { readonly region: string; readonly awsProfile?: string };
  /** The data store that was named, or the profile's. */
  readonly datastore?: string;
}

/** What every command's options say about it. */
export interface EndpointOptions {
  readonly profile?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly awsProfile?: string;
  readonly datastore?: string;
}

const gatewayRegion = /\.execute-api\.(?<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;
const loopbackName = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
/** The base URL of a data store, as the server prints it. */
const storeUrl = /^(?<url>.*?)\/datastore\/(?<datastore>[A-Za-z0-9]{1,32})(?:\/r4)?$/;

/**
 * An endpoint that is named on the command line or by `CALDERA_ENDPOINT` stands alone: nothing of a profile is mixed in.
 * @throws WrongUse when what was named is none, or Failed when there is no such profile
 */
export async function chosenEndpoint(options: EndpointOptions, terminal: Terminal): Promise<Endpoint> {
  const { env } = terminal;
  const named = options.endpoint ?? (options.profile === undefined ? env['CALDERA_ENDPOINT'] || undefined : undefined);
  const profile = named === undefined ? await chosenProfile(options.profile ?? (env['CALDERA_PROFILE'] || undefined), terminal) : { endpoint: named };
  const { url, datastore } = checkedEndpoint(profile.endpoint);
  const region = options.region ?? profile.region ?? gatewayRegion.exec(new URL(url).hostname)?.groups?.['region'];
  const awsProfile = options.awsProfile ?? profile.awsProfile;
  if (region === undefined && awsProfile !== undefined) {
    throw new WrongUse('To sign requests it takes a region: give --region.');
  }
  const store = options.datastore ?? profile.datastore ?? datastore;
  return {
    url,
    ...(region === undefined ? {} : { signing: { region, ...(awsProfile === undefined ? {} : { awsProfile }) } }),
    ...(store === undefined ? {} : { datastore: store }),
  };
}

async function chosenProfile(name: string | undefined, terminal: Terminal): Promise<Profile> {
  const { current, profiles } = await readProfiles(profilesPath(terminal));
  const wanted = name ?? current;
  if (wanted === undefined) return { endpoint: defaultEndpoint };
  const profile = Object.hasOwn(profiles, wanted) ? profiles[wanted] : undefined;
  if (profile === undefined) throw new Failed(`There is no profile "${wanted}". caldera profile list shows those there are.`);
  return profile;
}

/** Whether the server is on this machine. @param url of an endpoint */
export function isLoopbackEndpoint(url: string): boolean {
  return loopbackName.test(new URL(url).hostname);
}

/**
 * Takes the base URL of a data store too, as the server prints it.
 * @throws WrongUse for what is no endpoint, or would send records unprotected over a network
 */
export function checkedEndpoint(text: string): { readonly url: string; readonly datastore?: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new WrongUse(`An endpoint is a URL such as ${defaultEndpoint} or https://abc123.execute-api.eu-west-1.amazonaws.com/v1.`);
  }
  if (url.username !== '' || url.password !== '') throw new WrongUse('Leave the user name and password out of the endpoint.');
  if (url.search !== '' || url.hash !== '') throw new WrongUse('An endpoint ends before ? and #.');
  if (url.protocol === 'http:' && !loopbackName.test(url.hostname)) {
    throw new WrongUse('Beyond this machine an endpoint begins with https://, so that nobody reads along.');
  }
  const bare = url.href.replace(/\/+$/, '');
  const { url: before, datastore } = storeUrl.exec(bare)?.groups ?? {};
  return before === undefined || datastore === undefined ? { url: bare } : { url: before, datastore };
}
