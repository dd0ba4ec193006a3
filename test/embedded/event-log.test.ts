import { describe, expect, test } from '@jest/globals';
import { eventLog, maxEventPage, maxKeptEvents } from '../../src/embedded/event-log.ts';
import type { EventLog } from '../../src/embedded/event-log.ts';
import type { PlatformEvent } from '../../src/ports/event-bus.ts';
import { memoryTable } from '../store/memory-table.ts';

const event: PlatformEvent = {
  source: 'caldera.healthlake', detailType: 'Data Store Active', detail: { datastoreId: 'one' }, time: Date.UTC(2026, 10, 22, 1, 2, 3, 456), resources: ['arn'],
};
const place = { partition: 'aws', region: 'local', account: '000000000000' };

const open = (table = memoryTable()): Promise<EventLog> => eventLog({ table, ids: { uuid: () => 'a-uuid' }, place });

describe('the log of events', () => {
  test('has events as EventBridge delivers them', async () => {
    const log = await open();
    await log.publish(event);
    expect(await log.after(0)).toEqual({
      events: [{
        version: '0', id: 'a-uuid', 'detail-type': 'Data Store Active', source: 'caldera.healthlake', account: '000000000000', time: '2026-11-22T01:02:03Z',
        region: 'local', resources: ['arn'], detail: { datastoreId: 'one' },
      }],
      next: 1,
      missed: false,
    });
    expect(await log.after(1)).toEqual({ events: [], next: 1, missed: false });
  });

  test('goes on counting where an earlier process ended', async () => {
    const table = memoryTable();
    await (await open(table)).publish(event);
    const log = await open(table);
    await log.publish(event);
    expect(await log.after(1)).toMatchObject({ events: [{ source: 'caldera.healthlake' }], next: 2 });
  });

  test('is read page by page, each event once, also when they are published side by side', async () => {
    const log = await open();
    await Promise.all(Array.from({ length: maxEventPage + 1 }, (_, index) => log.publish({ ...event, detail: { index } })));
    const first = await log.after(0);
    const second = await log.after(first.next);
    expect([...first.events, ...second.events].map(({ detail }) => detail['index'])).toEqual(Array.from({ length: maxEventPage + 1 }, (_, index) => index));
  });

  test('keeps so many, and says so to whoever comes too late', async () => {
    const table = memoryTable();
    const log = await open(table);
    for (let count = 0; count < maxKeptEvents + 2; count += 1) await log.publish(event);
    expect(table.all().length).toBe(maxKeptEvents);
    expect(await log.after(1)).toMatchObject({ missed: true, next: 2 + maxEventPage });
    expect(await log.after(2)).toMatchObject({ missed: false });
  });

  test('lets those wait who have everything, until something happens', async () => {
    const log = await open();
    const waited = log.after(0, 60_000);
    await log.publish(event);
    expect(await waited).toMatchObject({ events: [{ source: 'caldera.healthlake' }], next: 1 });
  });

  test('lets nobody wait once the server stops', async () => {
    const log = await open();
    const waited = log.after(0, 60_000);
    log.release();
    expect([await waited, await log.after(0, 60_000)]).toEqual([{ events: [], next: 0, missed: false }, { events: [], next: 0, missed: false }]);
  });
});
