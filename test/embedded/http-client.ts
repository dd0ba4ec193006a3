/** A bare HTTP client: what fetch would tidy up (Host, Content-Length, a body cut short) goes out as it is given. */
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
}

export interface Call {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
}

export async function call({ port, path, method = 'GET', headers = {}, body }: Call): Promise<Answer> {
  const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false });
  sent.end(body);
  const [response] = await once(sent, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  return { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString() };
}

/** Sends bytes as they are, and resolves with what came back: all until the connection ended, or until `enough` is in it. */
export async function raw(port: number, text: string, enough?: RegExp): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let received = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    received += chunk;
    if (enough?.test(received)) socket.destroy();
  });
  await once(socket, 'close');
  return received;
}

export function issueOf(answer: { readonly text: string }): { code: string; diagnostics: string; expression?: string[] } {
  const outcome = JSON.parse(answer.text);
  if (outcome.resourceType !== 'OperationOutcome') throw new Error('The answer is no OperationOutcome.');
  return outcome.issue[0];
}
