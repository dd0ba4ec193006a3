/** What a bundle is processed with. */
import type { Clock } from '../../ports/clock.ts';
import type { DataStore } from '../../store/data-store.ts';
import type { OperationRequest } from '../operation.ts';
import type { DispatchOver } from './entry-request.ts';

export interface BundleContext {
  /** The bundle's own request. */
  readonly request: OperationRequest;
  readonly store: DataStore;
  readonly clock: Clock;
  readonly dispatchOver: DispatchOver;
  /** The id of the resource that entry `index` creates; for a job the same every time. */
  readonly newId: (index: number) => string;
  /** Of a job: whatever it wrote in an earlier attempt is found again under this id, and not written twice. */
  readonly transactionId?: string;
}
