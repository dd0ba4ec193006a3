/** What both runtimes give and allow where nobody says otherwise. */
import type { Population } from '../datastore/datastore-record.ts';

/** What `SYNTHEA` gives a data store: as many patients as the embedded platform's first store begins with. */
export const syntheaPopulation: Population = { patients: 20, seed: 1 };

/**
 * HealthLake's quota. An open store of the embedded platform holds files, caches and a thread; one on AWS has three tables
 * of an account's 2,500.
 */
export const maxDatastores = 20;
