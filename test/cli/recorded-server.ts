/** A server that answers as it is told and keeps what it was asked: for what a real one does rarely, slowly or never. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Told {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
  /** The answer ends before its end. */
  readonly cut?: boolean;
}

export interface RecordedServer {
  readonly url: string;
  readonly asked: Asked[];
  close(): Promise<void>;
}

/** @param answer what to say; `count` is the number of the request, from 0 */
export async function recordedServer(answer: (asked: Asked, count: number) => Told): Promise<RecordedServer> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const exchange = async (): Promise<void> => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: await buffer(request) };
      const { status = 200, headers = {}, body, cut = false } = answer(one, asked.push(one) - 1);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      if (cut) response.write(body, () => request.socket.end());
      else response.end(typeof body === 'object' ? JSON.stringify(body) : body);
    };
    exchange().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
