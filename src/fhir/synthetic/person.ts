/** Who a synthetic patient is: birth, gender, culture, illnesses and the rare traits that the first twenty show in turn. */

import { daysPerYear, type Day } from './calendar.ts';
import { cultures, type CultureName } from './codes/names.ts';
import { Random } from './random.ts';

export type Illness =
  | 'diabetes' | 'hypertension' | 'hyperlipidemia' | 'asthma' | 'copd' | 'heartFailure' | 'kidneyDisease' | 'depression'
  | 'pregnancy' | 'fracture' | 'cancer' | 'dialysis';

/** Properties of the demographic record that real data has and that simple generators leave out. */
export type Trait =
  | 'maidenName' | 'nickname' | 'decomposedAccents' | 'restricted' | 'twinFirst' | 'twinSecond' | 'inactiveDuplicate'
  | 'replacesDuplicate' | 'seeAlso' | 'nameless' | 'birthYearOnly' | 'birthMonthOnly' | 'birthTime'
  | 'deceasedBoolean' | 'deceased';

export interface Person {
  readonly number: number;
  readonly gender: 'female' | 'male' | 'other' | 'unknown';
  readonly birth: Day;
  readonly death: Day | undefined;
  readonly culture: CultureName;
  readonly traits: ReadonlySet<Trait>;
  readonly illnesses: ReadonlySet<Illness>;
  readonly site: number;
  /** What the address is drawn from; twins share it. */
  readonly household: number;
  /** What the name is drawn from; two records of one person share it. */
  readonly identity: number;
}

interface Design {
  readonly age: number;
  readonly gender: Person['gender'];
  readonly culture: CultureName;
  readonly illnesses?: readonly Illness[];
  readonly traits?: readonly Trait[];
}

/** The first twenty of every hundred patients are designed, so that small populations have every story and trait. */
const designs: readonly Design[] = [
  {
    age: 61, gender: 'female', culture: 'english', illnesses: ['diabetes', 'hypertension', 'hyperlipidemia'],
    traits: ['maidenName'],
  },
  { age: 9, gender: 'male', culture: 'spanish', illnesses: ['asthma'], traits: ['decomposedAccents'] },
  { age: 31, gender: 'female', culture: 'spanish', illnesses: ['pregnancy'], traits: ['maidenName'] },
  { age: 74, gender: 'male', culture: 'english', illnesses: ['copd', 'hypertension'], traits: ['deceased'] },
  { age: 70, gender: 'female', culture: 'greek', illnesses: ['heartFailure', 'hypertension', 'hyperlipidemia'] },
  { age: 27, gender: 'female', culture: 'english', illnesses: ['depression'], traits: ['restricted', 'nickname'] },
  { age: 44, gender: 'male', culture: 'irish', illnesses: ['fracture'] },
  { age: 4, gender: 'female', culture: 'english', traits: ['twinFirst'] },
  { age: 4, gender: 'male', culture: 'english', traits: ['twinSecond'] },
  { age: 52, gender: 'female', culture: 'chinese', illnesses: ['cancer'] },
  { age: 58, gender: 'male', culture: 'greek', traits: ['inactiveDuplicate', 'birthYearOnly'] },
  { age: 58, gender: 'male', culture: 'greek', illnesses: ['hypertension'], traits: ['replacesDuplicate'] },
  { age: 40, gender: 'unknown', culture: 'english', traits: ['nameless'] },
  { age: 36, gender: 'female', culture: 'hindi', illnesses: ['asthma'], traits: ['birthMonthOnly'] },
  { age: 66, gender: 'male', culture: 'arabic', illnesses: ['diabetes'], traits: ['deceasedBoolean'] },
  { age: 63, gender: 'female', culture: 'dutch', illnesses: ['kidneyDisease', 'dialysis', 'hypertension', 'diabetes'] },
  { age: 69, gender: 'male', culture: 'vietnamese', illnesses: ['cancer', 'hyperlipidemia'], traits: ['seeAlso'] },
  { age: 94, gender: 'male', culture: 'dutch', illnesses: ['heartFailure', 'kidneyDisease'] },
  { age: 1, gender: 'female', culture: 'arabic', traits: ['birthTime'] },
  { age: 48, gender: 'other', culture: 'chinese', illnesses: ['depression', 'fracture'] },
];
const designedEvery = 100;

/** How likely an illness is in a lifetime, and from which age. */
const prevalence: readonly (readonly [illness: Illness, fromAge: number, probability: number])[] = [
  ['diabetes', 40, 0.14], ['hypertension', 35, 0.32], ['hyperlipidemia', 40, 0.28], ['asthma', 4, 0.08], ['copd', 55, 0.1],
  ['heartFailure', 60, 0.09], ['kidneyDisease', 55, 0.12], ['depression', 16, 0.09], ['fracture', 6, 0.06], ['cancer', 45, 0.06],
];
const cultureNames = Object.keys(cultures) as CultureName[];

function drawnDesign(random: Random): Design {
  const age = random.integer(0, 92);
  const gender = random.chance(0.51) ? 'female' : 'male';
  const illnesses = prevalence.filter(([, from, probability]) => random.chance(probability) && age >= from).map(([name]) => name);
  if (gender === 'female' && age >= 20 && age <= 42 && random.chance(0.25)) illnesses.push('pregnancy');
  const traits: Trait[] = [];
  if (gender === 'female' && age >= 28 && random.chance(0.4)) traits.push('maidenName');
  if (age > 60 && random.chance((age - 55) / 90)) traits.push('deceased');
  return { age, gender, culture: random.pick(cultureNames), illnesses, traits };
}

/** @param number the patient's place in the population, from 0; the person never depends on how many others there are. */
export function personAt(seed: number, number: number, present: Day): Person {
  const place = number % designedEvery;
  const designed = designs[place];
  const design = designed ?? drawnDesign(new Random(`${seed}:${number}:person`));
  const traits = new Set(design.traits ?? []);
  const household = traits.has('twinSecond') ? number - 1 : number;
  const identity = traits.has('replacesDuplicate') ? number - 1 : number;
  // Twins and two records of one person share birth, home and place of care.
  const origin = Math.min(household, identity);
  const random = new Random(`${seed}:${origin}:life`);
  const birth = present - Math.floor(design.age * daysPerYear) - random.integer(20, 340);
  const died = traits.has('deceased') || traits.has('deceasedBoolean');
  return {
    number, gender: design.gender, culture: design.culture, traits, illnesses: new Set(design.illnesses ?? []),
    birth,
    death: died ? present - random.integer(200, 1100) : undefined,
    site: designed ? origin % 5 : random.integer(0, 4),
    household, identity,
  };
}
