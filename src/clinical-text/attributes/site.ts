/**
 * Where a condition is, on which side, how acute and how bad
 * (https://docs.aws.amazon.com/comprehend-medical/latest/dev/textanalysis-entitiesv2.html#medical-condition-v2).
 */
import type { AttributeType } from '../../ports/clinical-nlp.ts';
import type { Token } from '../tokens.ts';
import type { FoundAttribute } from './grammar.ts';

const words: readonly (readonly [AttributeType, ReadonlySet<string>])[] = [
  ['DIRECTION', new Set([
    'left', 'right', 'bilateral', 'bilaterally', 'both', 'upper', 'lower', 'medial', 'lateral', 'anterior', 'posterior',
    'proximal', 'distal', 'unilateral',
  ])],
  [
    'ACUITY', new Set(['acute', 'chronic', 'subacute', 'sudden', 'persistent', 'recurrent', 'progressive', 'gradual',
    'intermittent', 'ongoing', 'worsening',
  ])],
  [
    'QUALITY', new Set(['mild', 'moderate', 'severe', 'slight', 'trace', 'sharp', 'dull', 'burning', 'throbbing', 'stabbing',
    'significant', 'minimal', 'extensive',
  ])],
];

/** Words that lead from a condition to its site. */
const links = new Set([
  'of', 'in', 'on', 'over', 'to', 'the', 'her', 'his', 'at', 'around', 'along', 'a', 'their', 'my', ...words[0]?.[1] ?? [],
]);
/** So many words in front, and so many links behind, belong to a condition. */
const maxInFront = 4;
const maxLinks = 5;

export interface Place {
  readonly begin: number;
  readonly end: number;
}

/** The attributes of a condition, or with `sites` empty of a part of the body. */
export function sitesOf(tokens: readonly Token[], place: Place, sites: readonly Place[]): readonly FoundAttribute[] {
  const found = inFront(tokens, place, sites);
  let at = place.end;
  for (let steps = 0; steps < maxLinks && links.has(tokens[at]?.form ?? ''); steps += 1) at += 1;
  const behind = sites.find(({ begin, end }) => at > place.end && begin === at && end > at);
  if (behind !== undefined) found.push(siteAttribute(behind), ...described(tokens, place.end, at));
  return firstOfEach(found);
}

/** Adjectives and sites directly in front: `severe left knee pain`. */
function inFront(tokens: readonly Token[], place: Place, sites: readonly Place[]): FoundAttribute[] {
  const found: FoundAttribute[] = [];
  let at = place.begin;
  for (let steps = 0; steps < maxInFront; steps += 1) {
    const end = at;
    const site = sites.find((each) => each.end === end);
    const attribute = site === undefined ? described(tokens, at - 1, at)[0] : siteAttribute(site);
    if (attribute === undefined) break;
    found.push(attribute);
    at = attribute.begin;
  }
  return found;
}

function siteAttribute({ begin, end }: Place): FoundAttribute {
  return { type: 'SYSTEM_ORGAN_SITE', begin, end };
}

function described(tokens: readonly Token[], from: number, to: number): FoundAttribute[] {
  const found: FoundAttribute[] = [];
  for (let at = Math.max(from, 0); at < to; at += 1) {
    const type = words.find(([, set]) => set.has(tokens[at]?.form ?? ''))?.[0];
    if (type !== undefined) found.push({ type, begin: at, end: at + 1 });
  }
  return found;
}

function firstOfEach(found: readonly FoundAttribute[]): readonly FoundAttribute[] {
  const types = new Set<AttributeType>();
  const kept = found.filter(({ type }) => !types.has(type) && types.add(type));
  return kept.sort((one, other) => one.begin - other.begin);
}
