/**
 * The events of data stores over HTTP: `GET /events?after={number}&wait={seconds}` answers those that came after the one
 * that the asker has last, as EventBridge would deliver them (docs/events.md).
 */
import type { IncomingMessage } from 'node:http';
import { badRequest } from '../fhir/outcome.ts';
import { refusal } from '../operations/control/healthlake.ts';
import type { OperationResponse } from '../operations/operation.ts';
import type { ServeDependencies } from '../operations/serve.ts';
import type { Admission } from './admission.ts';
import type { EventLog } from './event-log.ts';

/** Below the 30 s after which usual clients and what stands between give an answer up. */
export const maxWaitSeconds = 20;

export interface EventsExchange extends ServeDependencies {
  readonly events: EventLog;
  readonly admission: Admission;
}

/** Never throws. */
export async function eventsAnswer(request: IncomingMessage, { events, admission, ...serving }: EventsExchange): Promise<OperationResponse> {
  const answered = async (): Promise<OperationResponse> => {
    const { confirm } = admission.control(request);
    await confirm();
    const query = new URLSearchParams((request.url ?? '').split('?', 2)[1]);
    const [after, waitSeconds] = [numberIn(query, 'after', Number.MAX_SAFE_INTEGER), numberIn(query, 'wait', maxWaitSeconds)];
    const { events: found, next, missed } = await events.after(after, waitSeconds * 1000);
    const json = JSON.stringify({ events: found, next, ...(missed ? { missed } : {}) });
    return { status: 200, headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }, json };
  };
  return answered().catch((error: unknown) => refusal(error, serving));
}

/** @throws FhirError 400 */
function numberIn(query: URLSearchParams, name: string, most: number): number {
  const text = query.get(name) ?? '0';
  const number = Number(text);
  if (/^\d{1,16}$/.test(text) && number <= most) return number;
  throw badRequest(`The parameter ${name} must be a whole number from 0 to ${most}.`);
}
