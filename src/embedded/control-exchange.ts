/** HealthLake's own API over HTTP: `POST /` with the operation in `X-Amz-Target`, answered in AWS's JSON, refusals too. */
import type { IncomingMessage } from 'node:http';
import { maxControlBodyBytes, refusal } from '../operations/control/healthlake.ts';
import type { OperationResponse } from '../operations/operation.ts';
import type { ServeDependencies } from '../operations/serve.ts';
import type { Admission } from './admission.ts';
import type { ControlPlane } from './control-plane.ts';
import { readBody } from './request-body.ts';
import type { BodyLimits } from './request-body.ts';

export interface ControlExchange extends ServeDependencies, Pick<BodyLimits, 'share' | 'invite'> {
  readonly control: ControlPlane;
  readonly admission: Admission;
  readonly host: string;
}

/** Never throws. */
export async function controlAnswer(request: IncomingMessage, exchange: ControlExchange): Promise<OperationResponse> {
  const { control, admission, host, ids, share, invite } = exchange;
  const answered = async () => {
    const { caller, observe, confirm } = admission.control(request);
    const body = (await readBody(request, { maxBytes: maxControlBodyBytes, share, invite, observe })) ?? '';
    await confirm();
    const target = request.headers['x-amz-target'];
    const endpoint = `http://${request.headers.host ?? `${host}:${request.socket.localPort}`}`;
    return control({ target: typeof target === 'string' ? target : undefined, body, endpoint, caller });
  };
  const { status, headers, json } = await answered().catch((error: unknown) => refusal(error, exchange));
  return { status, headers: { ...headers, 'x-amzn-RequestId': ids.uuid() }, json };
}
