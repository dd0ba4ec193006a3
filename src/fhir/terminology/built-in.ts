/**
 * The code systems and value sets that R4 itself defines (https://hl7.org/fhir/R4/terminologies-systems.html), read from
 * the generated table: it is imported and unpacked when terminology is first asked for, and each definition parsed when
 * it is first needed.
 */
import type { JsonObject } from '../json.ts';
import { unpackedText } from '../packed-text.ts';
import type { Canonical, TerminologySource } from './terminology-source.ts';

/** The lines of the table by type and URL; two where R4 defines two versions. */
type Lines = ReadonlyMap<string, readonly string[]>;

let table: Promise<Lines> | undefined;

export const builtInTerminology: TerminologySource = {
  codeSystem: (canonical) => find('CodeSystem', canonical),
  valueSet: async (canonical) => (await find('ValueSet', canonical)) ?? impliedValueSet(canonical),
};

/**
 * Value sets that are defined by the form of their URL: all of SNOMED CT, or what is a kind of one concept
 * (https://hl7.org/fhir/R4/snomedct.html#implicit), and all of LOINC (https://hl7.org/fhir/R4/loinc.html#alias).
 */
function impliedValueSet({ url, version }: Canonical): JsonObject | undefined {
  if (version !== undefined) return undefined;
  if (url === 'http://loinc.org/vs') return including(url, { system: 'http://loinc.org' });
  const snomed = /^http:\/\/snomed\.info\/sct\?fhir_vs(?:=isa\/(\d{6,18}))?$/.exec(url);
  if (snomed === null) return undefined;
  const [, concept] = snomed;
  const filter = concept === undefined ? {} : { filter: [{ property: 'concept', op: 'is-a', value: concept }] };
  return including(url, { system: 'http://snomed.info/sct', ...filter });
}

function including(url: string, include: JsonObject): JsonObject {
  return { url, compose: { include: [include] } };
}

async function find(type: string, { url, version }: Canonical): Promise<JsonObject | undefined> {
  const lines = await (table ??= readTable());
  const versions = (lines.get(`${type} ${url}`) ?? []).map((line) => JSON.parse(line) as JsonObject);
  return version === undefined ? versions.at(-1) : versions.find((each) => each.version === version);
}

async function readTable(): Promise<Lines> {
  const { packedTerminology } = await import('../definitions/terminology.mjs');
  const lines = new Map<string, string[]>();
  for (const line of unpackedText(packedTerminology).split('\n')) {
    const end = line.indexOf(' ', line.indexOf(' ') + 1);
    const key = line.slice(0, end);
    const rest = line.slice(end + 1);
    const known = lines.get(key);
    if (known === undefined) lines.set(key, [rest]);
    else known.push(rest);
  }
  return lines;
}

/** The canonical URLs of R4's definitions of the type. */
export async function builtInUrls(type: 'CodeSystem' | 'ValueSet'): Promise<readonly string[]> {
  const prefix = `${type} `;
  return [...(await (table ??= readTable())).keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}
