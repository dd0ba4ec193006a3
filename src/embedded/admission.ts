/**
 * Who may ask this server. Without access keys everyone on this machine may, unsigned or signed with `local` and `local`;
 * with access keys every request is signed with one of them, those to the FHIR interface too.
 */
import type { IncomingMessage } from 'node:http';
import { FhirError } from '../fhir/outcome.ts';
import type { Clock } from '../ports/clock.ts';
import { localKey, signatures } from './signatures.ts';
import type { AccessKey, Signed } from './signatures.ts';

/** A caller who is not asked who it is. */
export const anonymous = 'local';

export interface Admitted {
  readonly caller: string;
  /** Given the body as it is sent, piece by piece. */
  readonly observe: (piece: Uint8Array) => void;
  /** To be called before anything is done for the request. @throws FhirError 403 */
  readonly confirm: () => Promise<void>;
}

export interface Admission {
  /** @throws FhirError 401, 403 */
  readonly control: (request: IncomingMessage) => Admitted;
  /** @throws FhirError 401, 403 */
  readonly fhir: (request: IncomingMessage) => Admitted;
}

const everyone: Admitted = { caller: anonymous, observe: () => {}, confirm: async () => {} };

export function admission({ keys, clock }: { readonly keys: readonly AccessKey[]; readonly clock: Pick<Clock, 'now'> }): Admission {
  const required = keys.length > 0;
  const signed = signatures({ keys: required ? keys : [localKey], clock });
  const admitted = (request: IncomingMessage): Admitted => {
    const found = signed(request);
    if (found !== undefined) return admittedBy(found);
    if (required) throw new FhirError(401, [{ severity: 'error', code: 'login', diagnostics: 'The request is not signed. Sign it with AWS Signature Version 4 and an access key of this server.' }]);
    return everyone;
  };
  return { control: admitted, fhir: required ? admitted : () => everyone };
}

function admittedBy({ accessKeyId, observe, confirm }: Signed): Admitted {
  return { caller: accessKeyId, observe, confirm };
}
