/** Where care takes place: the organizations, sites and clinicians that all patients share. */

import type { JsonObject } from '../json.ts';
import type { Zone } from './calendar.ts';
import { syntheticId } from './identity.ts';

export interface Reference extends JsonObject {
  readonly reference: string;
  readonly display?: string;
}

export interface Site {
  readonly name: string;
  readonly kind: 'hospital' | 'clinic';
  readonly town: string;
  readonly state: string;
  readonly postalCode: string;
  readonly country: string;
  readonly latitude: string;
  readonly longitude: string;
  readonly zone: Zone;
}

export type Specialty =
  | 'family' | 'pediatrics' | 'cardiology' | 'pulmonology' | 'nephrology' | 'obstetrics' | 'psychiatry' | 'oncology'
  | 'orthopedics' | 'radiology';

export interface Clinician {
  readonly given: string;
  readonly family: string;
  readonly prefix: string;
  readonly gender: 'female' | 'male';
  readonly specialty: Specialty;
  readonly site: number;
}

/** Invented towns. One site keeps time at half an hour's offset, one in Europe, as merged records really do. */
export const sites: readonly Site[] = [
  {
    name: 'Larkspur Valley Medical Center', kind: 'hospital', town: 'Larkspur Falls', state: 'MA', postalCode: '01099',
    country: 'US', latitude: '42.310', longitude: '-72.640', zone: { standardMinutes: -300, summerTime: 'us' },
  },
  {
    name: 'Copperfield Family Health', kind: 'clinic', town: 'Copperfield', state: 'IL', postalCode: '61999',
    country: 'US', latitude: '40.120', longitude: '-89.40', zone: { standardMinutes: -360, summerTime: 'us' },
  },
  {
    name: 'Saltmarsh Community Clinic', kind: 'clinic', town: 'Saltmarsh Bay', state: 'CA', postalCode: '95599',
    country: 'US', latitude: '40.75', longitude: '-124.10', zone: { standardMinutes: -480, summerTime: 'us' },
  },
  {
    name: 'Kaveri Wellness Centre', kind: 'clinic', town: 'Nadipura', state: 'KA', postalCode: '571999',
    country: 'IN', latitude: '12.30', longitude: '76.640', zone: { standardMinutes: 330, summerTime: 'none' },
  },
  {
    name: 'Nordhaven Praxis', kind: 'clinic', town: 'Nordhaven', state: 'SH', postalCode: '25999',
    country: 'DE', latitude: '54.50', longitude: '8.90', zone: { standardMinutes: 60, summerTime: 'eu' },
  },
];

export const payers = ['Evergreen Mutual Health', 'Commonfield Public Insurance'] as const;

export const clinicians: readonly Clinician[] = [
  { given: 'Rowan', family: 'Applewhite', prefix: 'Dr.', gender: 'male', specialty: 'family', site: 0 },
  { given: 'Ingrid', family: 'Solvang', prefix: 'Dr.', gender: 'female', specialty: 'family', site: 1 },
  { given: 'Mateo', family: 'Del Arroyo', prefix: 'Dr.', gender: 'male', specialty: 'family', site: 2 },
  { given: 'Lakshmi', family: 'Tirumalai', prefix: 'Dr.', gender: 'female', specialty: 'family', site: 3 },
  { given: 'Jürgen', family: 'Weißkamp', prefix: 'Dr. med.', gender: 'male', specialty: 'family', site: 4 },
  { given: 'Odette', family: 'Fairweather', prefix: 'Dr.', gender: 'female', specialty: 'pediatrics', site: 0 },
  { given: 'Samuel', family: 'Brightwater', prefix: 'Dr.', gender: 'male', specialty: 'cardiology', site: 0 },
  { given: 'Yara', family: 'Haddadin', prefix: 'Dr.', gender: 'female', specialty: 'pulmonology', site: 0 },
  { given: 'Kofi', family: 'Mensahene', prefix: 'Dr.', gender: 'male', specialty: 'nephrology', site: 0 },
  { given: 'Helena', family: "O'Rourkewell", prefix: 'Dr.', gender: 'female', specialty: 'obstetrics', site: 0 },
  { given: 'Linnea', family: 'Åkerlunda', prefix: 'Dr.', gender: 'female', specialty: 'psychiatry', site: 0 },
  { given: 'Viktor', family: 'Zelenkov', prefix: 'Dr.', gender: 'male', specialty: 'oncology', site: 0 },
  { given: 'Bronwyn', family: 'Castellane', prefix: 'Dr.', gender: 'female', specialty: 'orthopedics', site: 0 },
  { given: 'Haruto', family: 'Minamikawa', prefix: 'Dr.', gender: 'male', specialty: 'radiology', site: 0 },
];

/** References to the shared resources; their ids follow from the seed alone. */
export class Facilities {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  id(type: string, index: number): string {
    return syntheticId(this.#seed, 'shared', `${type}/${index}`);
  }

  #reference(type: string, index: number, display: string): Reference {
    return { reference: `${type}/${this.id(type, index)}`, display };
  }

  organization(site: number): Reference {
    return this.#reference('Organization', site, sites[site]?.name ?? '');
  }

  payer(index: number): Reference {
    return this.#reference('Organization', sites.length + index, payers[index] ?? '');
  }

  location(site: number): Reference {
    return this.#reference('Location', site, sites[site]?.name ?? '');
  }

  practitioner(index: number): Reference {
    const clinician = clinicians[index];
    return this.#reference('Practitioner', index, `${clinician?.prefix} ${clinician?.given} ${clinician?.family}`);
  }

  /** The clinician of a specialty: at this site if there is one, else at the hospital. */
  clinicianFor(specialty: Specialty, site: number): number {
    const here = clinicians.findIndex((clinician) => clinician.specialty === specialty && clinician.site === site);
    return here >= 0 ? here : clinicians.findIndex((clinician) => clinician.specialty === specialty);
  }
}
