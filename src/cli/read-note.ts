/** What stands on a document of what was read in its note (docs/enrichment.md), and what it became. */
import { Failed } from './failure.ts';
import type { Fhir } from './fhir.ts';

export interface NoteEntity {
  readonly begin: number;
  readonly end: number;
  readonly text: string;
  readonly category: string;
  readonly type: string;
  readonly score: number;
  readonly traits: readonly string[];
}

export interface Made {
  /** `Condition/3f…`. */
  readonly name: string;
  /** The place of its words, in code points. */
  readonly begin: number;
  readonly end: number;
  /** What is said of it, as `active, unconfirmed; I10 Essential (primary) hypertension`. */
  readonly says: string;
}

export interface ReadNote {
  /** Absent where no reading has come to an end. */
  readonly status?: string;
  readonly message?: string;
  readonly engine?: string;
  readonly entities: readonly NoteEntity[];
  /** What it became and is there still. */
  readonly made: readonly Made[];
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type Members = { readonly [name: string]: Json };

const root = 'http://healthlake.amazonaws.com/';
/** Ids in one search: its URL stays short. */
const idsAtOnce = 40;

export async function readNote(document: Members, fhir: Fhir): Promise<ReadNote> {
  const comprehend = extension(document, `${root}aws-cm/`);
  const detected = extension(comprehend, `${root}aws-cm/detect-entities/`);
  const names = members(extension(document, `${root}system-generated-resources/`), 'extension')
    .filter(({ url }) => url === `${root}nlp-entity`).map(({ valueReference }) => string((valueReference as Members).reference));
  return {
    ...defined('status', text(extension(comprehend, `${root}aws-cm/status/`), 'valueString')),
    ...defined('message', text(extension(comprehend, `${root}aws-cm/message/`), 'valueString')),
    ...defined('engine', text(extension(extension(comprehend, 'urn:caldera:nlp:reading'), 'engine'), 'valueString')),
    entities: entitiesOf(text(extension(detected, `${root}aws-cm/detect-entities/raw-response`), 'valueString')),
    made: await madeOf(names, fhir),
  };
}

function entitiesOf(response: string | undefined): readonly NoteEntity[] {
  if (response === undefined) return [];
  const { Entities } = parsed(response) as unknown as { readonly Entities: readonly ComprehendEntity[] };
  return Entities.map(({ BeginOffset, EndOffset, Text, Category, Type, Score, Traits }) => ({
    begin: BeginOffset, end: EndOffset, text: Text, category: Category, type: Type, score: Score, traits: Traits.map(({ Name }) => Name),
  }));
}

interface ComprehendEntity {
  readonly BeginOffset: number;
  readonly EndOffset: number;
  readonly Text: string;
  readonly Category: string;
  readonly Type: string;
  readonly Score: number;
  readonly Traits: readonly { readonly Name: string }[];
}

async function madeOf(names: readonly string[], fhir: Fhir): Promise<readonly Made[]> {
  const found: Made[] = [];
  for (const [type, some] of Map.groupBy(names, (name) => name.slice(0, name.indexOf('/')))) {
    const ids = some.map((name) => name.slice(type.length + 1));
    for (let begin = 0; begin < ids.length; begin += idsAtOnce) {
      const query = new URLSearchParams({ _id: ids.slice(begin, begin + idsAtOnce).join(','), _count: String(idsAtOnce) });
      for await (const { bundle } of fhir.pages(`/${type}`, query)) found.push(...(bundle.entry ?? []).map(({ resource }) => madeBy(resource as unknown as Members)));
    }
  }
  return found;
}

function madeBy(resource: Members): Made {
  const span = extension(resource, 'urn:caldera:nlp:text-span');
  const place = (name: string): number => Number(extension(span, name)?.valueInteger ?? -1);
  const statuses = [resource.status, ...['clinicalStatus', 'verificationStatus'].map((name) => members(resource[name] as Members | undefined, 'coding')[0]?.code)];
  const concept = (resource.code ?? resource.medicationCodeableConcept ?? members(resource, 'condition')[0]?.code) as Members | undefined;
  const [coding] = members(concept, 'coding');
  const dose = members(resource, 'dosage')[0]?.text;
  const said = [
    statuses.filter((status) => typeof status === 'string').join(', '),
    [coding?.code, coding?.display].filter((word) => typeof word === 'string').join(' '), typeof dose === 'string' ? dose : '', value(resource),
  ];
  return { name: `${string(resource.resourceType)}/${string(resource.id)}`, begin: place('begin'), end: place('end'), says: said.filter((one) => one !== '').join('; ') };
}

function value({ valueQuantity, valueString }: Members): string {
  if (typeof valueString === 'string') return valueString;
  const { value: number, unit } = (valueQuantity ?? {}) as Members;
  return [number, unit].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ');
}

export function parsed(json: string): Members {
  try {
    return JSON.parse(json) as Members;
  } catch {
    throw new Failed('The server answered something that is no JSON. Look at the endpoint.');
  }
}

export function members(holder: Members | undefined, name: string): readonly Members[] {
  const list = holder?.[name];
  return Array.isArray(list) ? (list as readonly Members[]) : [];
}

function extension(holder: Members | undefined, url: string): Members | undefined {
  return members(holder, 'extension').find((one) => one.url === url);
}

function text(holder: Members | undefined, name: string): string | undefined {
  const found = holder?.[name];
  return typeof found === 'string' ? found : undefined;
}

function string(found: Json | undefined): string {
  return typeof found === 'string' ? found : '';
}

function defined<Name extends string>(name: Name, found: string | undefined): { readonly [Key in Name]?: string } {
  return (found === undefined ? {} : { [name]: found }) as { readonly [Key in Name]?: string };
}
