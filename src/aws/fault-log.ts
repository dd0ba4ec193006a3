/**
 * Faults in a function's log, one line of JSON each: the id that the client was told, the class of the error and its
 * place in our code, and never its message, which may quote a patient's data.
 */
import { faultPlace } from '../machine/fault-report.ts';
import { randomIds } from '../machine/random-ids.ts';
import type { Fault } from '../operations/serve.ts';

/** What alarms look for. */
export const faultEvent = 'fault';

/** @param requestId Lambda's, by which the invocation's other lines are found */
export function faultLine({ id, error }: Fault, requestId: string | undefined): string {
  return JSON.stringify({ level: 'ERROR', event: faultEvent, fault: id, requestId, ...faultPlace(error) });
}

/** A failure that no client is told of. */
export function logError(error: unknown): void {
  logFault({ id: randomIds.uuid(), error });
}

export function logFault(fault: Fault, requestId?: string): void {
  // One write is one entry of the log; the runtime's console would put a prefix before it.
  process.stderr.write(`${faultLine(fault, requestId)}\n`);
}
