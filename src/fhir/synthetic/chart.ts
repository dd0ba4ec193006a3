/** The record of one patient while it is written: collects resources and gives each its id and reference. */

import type { Resource } from '../resource.ts';
import type { Day } from './calendar.ts';
import { sites, type Facilities, type Reference, type Site } from './facilities.ts';
import { syntheticId } from './identity.ts';
import type { Person } from './person.ts';
import { Random } from './random.ts';

/** No group may be larger; a page of work that any importer can hold. */
export const maximumGroupSize = 1000;

/** What a population has in common. */
export interface World {
  readonly seed: number;
  readonly present: Day;
  readonly facilities: Facilities;
}

export class Chart {
  readonly world: World;
  readonly person: Person;
  readonly random: Random;
  readonly resources: Resource[] = [];
  readonly #ordinals = new Map<string, number>();

  constructor(world: World, person: Person) {
    this.world = world;
    this.person = person;
    this.random = new Random(`${world.seed}:${person.number}:chart`);
  }

  get patient(): Reference {
    return { reference: `Patient/${this.patientId(this.person.number)}` };
  }

  get site(): Site {
    return sites[this.person.site] as Site;
  }

  /** The last day the record covers. */
  get lastDay(): Day {
    return this.person.death ?? this.world.present;
  }

  patientId(number: number): string {
    return syntheticId(this.world.seed, number, 'Patient');
  }

  /** Whether there is still space for so many resources; stories of repeated events end when there is not. */
  hasRoomFor(count: number): boolean {
    return this.resources.length + count <= maximumGroupSize;
  }

  /** Gives the resource its id, keeps it and returns a reference to it. Elements that are undefined are left out. */
  add(resource: Resource): Reference {
    const { resourceType } = resource;
    const ordinal = (this.#ordinals.get(resourceType) ?? 0) + 1;
    this.#ordinals.set(resourceType, ordinal);
    const id = syntheticId(this.world.seed, this.person.number, `${resourceType}/${ordinal}`);
    const kept: Resource = { resourceType, id };
    for (const [name, value] of Object.entries(resource)) {
      if (value !== undefined) kept[name] = value;
    }
    if (resource.id !== undefined) kept.id = resource.id;
    this.resources.push(kept);
    return { reference: `${resourceType}/${kept.id}` };
  }
}
