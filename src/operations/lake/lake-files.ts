/** How the objects of the lake are named: `lake/{table}/{layer}-{instant}-{random}.parquet`. No name is given twice. */
import type { Layer } from '../../fhir/lake/lake-table.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import { tablePrefix } from './lake-manifest.ts';

/** Digits of the instant in milliseconds, hexadecimal. */
const instantDigits = 12;
const pattern = new RegExp(`^lake/[a-z]+/(?:current|past|recent)-([0-9a-f]{${instantDigits}})-[0-9a-f]{32}\\.parquet$`);

interface Ports {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'uuid'>;
}

export function newFileKey(table: string, layer: Layer, { clock, ids }: Ports): string {
  const instant = clock.now().toString(16).padStart(instantDigits, '0');
  return `${tablePrefix(table)}${layer}-${instant}-${ids.uuid().replaceAll('-', '')}.parquet`;
}

/** When the name was given, milliseconds since the epoch; `undefined` for what is no file of ours. */
export function namedAt(key: string): number | undefined {
  const digits = pattern.exec(key)?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}
