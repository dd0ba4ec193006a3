/** The Synthea patients in `../shared`, used in place: a folder of transaction bundles, unpacked where it is temporary. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseJson, type JsonObject } from '../../src/fhir/json.ts';
import type { Resource } from '../../src/fhir/resource.ts';

const archive = join(__dirname, '../../../shared/data/synthea/synthea-r4-100-bundles.tar.xz');

export const syntheaPresent = existsSync(archive);

export interface SyntheaEntry extends JsonObject {
  fullUrl: string;
  resource: Resource;
}

export interface SyntheaBundle extends JsonObject {
  entry: SyntheaEntry[];
}

export function syntheaBundles(): readonly { readonly name: string; readonly text: string; readonly bundle: SyntheaBundle }[] {
  const directory = mkdtempSync(join(tmpdir(), 'caldera-synthea-'));
  try {
    execFileSync('tar', ['xJf', archive, '-C', directory]);
    return readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => {
        const text = readFileSync(join(directory, name), 'utf8');
        return { name, text, bundle: parseJson(text) as SyntheaBundle };
      });
  } finally {
    rmSync(directory, { recursive: true });
  }
}
