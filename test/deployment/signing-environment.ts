/** The environment that a client of the emulated gateway signs with, as one of a real deployment would have it. */
import type { Deployed } from './deployed.ts';

/** @returns puts back what was there */
export function signAs({ caller, assembly }: Deployed): () => void {
  const { accessKeyId, secretAccessKey } = caller.credentials;
  const wanted = { CALDERA_SIGN: '1', AWS_REGION: assembly.place.region, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  const ambient = Object.keys(wanted).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, wanted);
  return () => {
    for (const [name, value] of ambient) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
}
