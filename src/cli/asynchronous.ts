/** Requests that are answered later (https://hl7.org/fhir/R4/async.html): 202, a place to ask at, and then the answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Failed } from './failure.ts';
import type { Fhir } from './fhir.ts';
import type { Progress } from './terminal.ts';

/** When the server does not say when to ask again, and the longest it may say. */
const pauseMs = 1_000;
const longestPauseMs = 30_000;

/** Where a 202 says that its answer will be, as a path behind the endpoint.
 * @throws Failed when it says nothing */
export function statusPath(accepted: Response): string {
  const location = accepted.headers.get('content-location') ?? '';
  const path = /\/datastore\/.*$/.exec(location)?.[0];
  if (accepted.status !== 202 || path === undefined) throw new Failed('The server did not say where to ask for the result.');
  return path;
}

/**
 * Asks until the work is done.
 * @param fhir whose data store the path is of
 * @throws Failed as the work failed, or when nobody knows of it any more
 */
export async function finished(path: string, fhir: Fhir, progress: Progress): Promise<Response> {
  for (;;) {
    const answer = await fhir.ask({ method: 'GET', path });
    if (answer.status !== 202) return answer;
    progress.say(answer.headers.get('x-progress') ?? diagnosticsOf(await answer.text()) ?? 'The server is at work');
    const asked = Number(answer.headers.get('retry-after')) * 1000;
    await sleep(Math.min(longestPauseMs, asked > 0 ? asked : pauseMs));
  }
}

function diagnosticsOf(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { issue?: readonly { diagnostics?: string }[] }).issue?.[0]?.diagnostics;
  } catch {
    return undefined;
  }
}
