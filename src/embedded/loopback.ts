/**
 * Who may talk to a server that does not ask who is there: programs on this machine, and pages it serves itself.
 *
 * Listening on loopback keeps other machines out, not other web sites: a page open in this machine's browser can
 * send requests here, and with a name of its own that resolves to 127.0.0.1 it could read the answers (DNS
 * rebinding, https://en.wikipedia.org/wiki/DNS_rebinding). So the names in `Host` and `Origin` are checked as well.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { FhirError } from '../fhir/outcome.ts';

const loopbackName = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i;
const authority = /^(?<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;
const origin = /^https?:\/\/(?<authority>[^/]+)$/;

/** True for `localhost`, 127.0.0.0/8 and ::1. */
export function isLoopback(host: string): boolean {
  return loopbackName.test(host);
}

function isLoopbackAuthority(value: string): boolean {
  const name = authority.exec(value)?.groups?.['name'];
  return name !== undefined && isLoopback(name);
}

function refused(status: number, diagnostics: string): FhirError {
  return new FhirError(status, [{ severity: 'error', code: 'security', diagnostics }]);
}

/**
 * Lets a request pass that names this machine and does not come from another web site.
 * @throws FhirError 421 for a foreign `Host`, 403 for a foreign page
 */
export function refuseForeigners(headers: IncomingHttpHeaders, method: string): void {
  if (headers.host !== undefined && !isLoopbackAuthority(headers.host)) {
    throw refused(421, 'This server answers on this machine only. Address it as localhost or 127.0.0.1.');
  }
  if (headers.origin !== undefined && !isLoopbackAuthority(origin.exec(headers.origin)?.groups?.['authority'] ?? '')) {
    throw refused(403, 'Requests from web pages of other origins are refused until authorization exists.');
  }
  // Browsers leave Origin out of plain GETs. A link that a person follows (a navigation) shows the answer to nobody else.
  const navigation = method === 'GET' && headers['sec-fetch-mode'] === 'navigate';
  if (headers['sec-fetch-site'] === 'cross-site' && !navigation) {
    throw refused(403, 'Requests from web pages of other sites are refused until authorization exists.');
  }
}
