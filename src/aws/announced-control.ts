/** The records of data stores for those who change a store's status: what becomes of it is told to EventBridge. */
import { systemClock } from '../machine/system-clock.ts';
import type { Place } from '../operations/control/control-operation.ts';
import type { DatastoreRecords } from '../operations/datastore/datastore-record.ts';
import { announcedRecords } from '../operations/events/announced-records.ts';
import type { Announcing } from '../operations/events/announced-records.ts';
import { eventBridgeClient } from './control-clients.ts';
import { controlRecords } from './control-table.ts';
import { environmentVariable } from './env.ts';
import { eventBridgeBus } from './event-bridge-bus.ts';
import { logError } from './fault-log.ts';
import { environment } from './names.ts';

/** For those who look at records while others change them: publishing takes far less. */
export const readersGraceMs = 10_000;

/** @param asked by those who know: where the interface was asked, as `https://host/stage`, and how long others are left to tell themselves */
export function announcedControlRecords(asked: Pick<Announcing, 'endpoint' | 'graceMs'> = {}): DatastoreRecords {
  return announcedRecords(controlRecords(), { ...eventBus(), clock: systemClock, report: logError, ...asked });
}

/** The deployment's bus, and where it is. */
export function eventBus(): Pick<Announcing, 'bus' | 'place'> {
  const busArn = environmentVariable(environment.eventBusArn);
  return { bus: eventBridgeBus({ client: eventBridgeClient(), busArn }), place: placeOf(busArn) };
}

function placeOf(busArn: string): Place {
  const [, partition = '', , region = '', account = ''] = busArn.split(':');
  return { partition, region, account };
}
