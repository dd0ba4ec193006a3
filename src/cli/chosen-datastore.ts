/** The data store that is meant when none is named. */
import type { Control } from './control.ts';
import { WrongUse } from './failure.ts';
import { cell } from './table-text.ts';

/** As many as are named when there is a choice. */
const namedStores = 5;

/**
 * The only one that is active. Where there are several, a guess could write into the wrong one.
 * @throws WrongUse when there is none, or a choice
 */
export async function chosenDatastore(control: Control): Promise<string> {
  const ids: string[] = [];
  for await (const { DatastoreId } of control.list('ListFHIRDatastores', { Filter: { DatastoreStatus: 'ACTIVE' } }, 'DatastorePropertiesList')) {
    ids.push(cell(DatastoreId));
    if (ids.length > namedStores) break;
  }
  const [only] = ids;
  if (only === undefined) throw new WrongUse('There is no active data store. Make one with caldera datastore create --wait.');
  if (ids.length === 1) return only;
  const some = ids.slice(0, namedStores).join(', ');
  throw new WrongUse(`There are several data stores: say which with --datastore, or in a profile (${some}${ids.length > namedStores ? ', …' : ''}).`);
}
