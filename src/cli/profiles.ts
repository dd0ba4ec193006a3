/**
 * Endpoints under names of the user's choice, in `~/.config/caldera/config.json` (or below `$XDG_CONFIG_HOME`), for the
 * owner alone. It holds no secrets: credentials stay where the AWS tools keep them, a profile says which to take.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Failed } from './failure.ts';
import type { Terminal } from './terminal.ts';

export interface Profile {
  readonly endpoint: string;
  /** The region that requests are signed for; without it, and without one in the endpoint, they are not signed. */
  readonly region?: string;
  /** The profile of the AWS tools that has the credentials. */
  readonly awsProfile?: string;
  /** The data store that is meant when none is named. */
  readonly datastore?: string;
}

export interface Profiles {
  /** The one in use when none is named. */
  readonly current?: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

const ownerOnlyFile = 0o600;
const ownerOnlyFolder = 0o700;
const fields = ['endpoint', 'region', 'awsProfile', 'datastore'] as const;

/** Where the profiles are kept. */
export function profilesPath({ env, home }: Pick<Terminal, 'env' | 'home'>): string {
  return join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'caldera', 'config.json');
}

/** @throws Failed when there is a file that is not what we wrote */
export async function readProfiles(path: string): Promise<Profiles> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { profiles: {} };
    throw new Failed(`The profiles in ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  const profiles = understood(text);
  if (profiles === undefined) throw new Failed(`The profiles in ${path} cannot be understood. Put the file right, or move it away.`);
  return profiles;
}

function understood(text: string): Profiles | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { current, profiles } = (value ?? {}) as { current?: unknown; profiles?: unknown };
  if (typeof profiles !== 'object' || profiles === null || !['string', 'undefined'].includes(typeof current)) return undefined;
  return Object.values(profiles).every(isProfile) ? (value as Profiles) : undefined;
}

function isProfile(value: unknown): value is Profile {
  if (typeof value !== 'object' || value === null) return false;
  const profile = value as Record<string, unknown>;
  return typeof profile['endpoint'] === 'string' && fields.every((field) => ['string', 'undefined'].includes(typeof profile[field]));
}

/** In one step: a reader sees the old file or the new one. */
export async function writeProfiles(path: string, profiles: Profiles): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: ownerOnlyFolder });
    const draft = `${path}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify(profiles, undefined, 2)}\n`, { mode: ownerOnlyFile });
    await rename(draft, path);
  } catch (error) {
    throw new Failed(`The profiles cannot be written to ${path} (${(error as NodeJS.ErrnoException).code}).`);
  }
}
