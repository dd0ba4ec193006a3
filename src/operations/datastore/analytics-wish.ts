/** What is wanted of a data store's lake. Stores of which nobody has said anything have one, as HealthLake's do. */
import type { DatastoreSettings } from './datastore-configuration.ts';

export type AnalyticsWish = 'ENABLED' | 'PAUSED' | 'DISABLED';

/** On the way to a status counts as there. */
export function analyticsWish({ configuration }: DatastoreSettings): AnalyticsWish {
  const status = configuration?.AnalyticsConfiguration?.Status ?? 'ENABLED';
  if (status === 'DISABLED' || status === 'DISABLING') return 'DISABLED';
  return status === 'PAUSED' || status === 'PAUSING' ? 'PAUSED' : 'ENABLED';
}
