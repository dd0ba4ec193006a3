/** The step `record-active` of the data store workflow. */
import { announcedControlRecords } from '../../src/aws/announced-control.ts';
import { recordActive } from '../../src/operations/datastore/record-active.ts';

export const handler = recordActive({ records: announcedControlRecords() });
