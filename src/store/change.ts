/** What an announced put of the table `resources` says: a version was committed, or a transaction with all its members. */
import type { Item } from '../ports/ordered-table.ts';
import { isAffirmed } from './import-trace.ts';
import { currentKey } from './keys.ts';

export type StoreChange =
  | {
    readonly kind: 'version'; readonly type: string; readonly id: string; readonly versionId: number;
    /** True where an import has found the version just so: it was announced before, when it was made. */
    readonly isAffirmed?: true;
  }
  | { readonly kind: 'transaction'; readonly bundleId: string };

const resourcePattern = /^([A-Za-z]+)\/([A-Za-z0-9.-]{1,64})$/;
const bundlePattern = /^bundles\/\d+$/;

/** @throws RangeError when no data store announces such an item */
export function storeChange({ pk, sk, attributes = {} }: Item): StoreChange {
  if (bundlePattern.test(pk) && attributes.state === 'committed') return { kind: 'transaction', bundleId: sk };
  const [, type, id] = resourcePattern.exec(pk) ?? [];
  const versionId = attributes.version;
  if (type === undefined || id === undefined || sk !== currentKey || typeof versionId !== 'number') {
    throw new RangeError('An announced item is neither a current version nor a committed transaction.');
  }
  return { kind: 'version', type, id, versionId, ...(isAffirmed(attributes['affirmed'], versionId) && { isAffirmed: true }) };
}
