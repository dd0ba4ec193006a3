/** The load generator's HTTP client (https://www.rfc-editor.org/rfc/rfc9112) against a server that writes bytes as told. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ConnectionLost, openConnection, type HttpConnection } from '../../bench/http-client.ts';

const opened: { server?: Server; connection?: HttpConnection } = {};

/** A server that answers each request with the given pieces, each in a turn of its own. */
async function connectionTo(answer: (socket: Socket, request: string) => unknown): Promise<HttpConnection> {
  const server = createServer((socket) => socket.setNoDelay(true).on('data', (chunk) => answer(socket, chunk.toString())));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.server = server;
  opened.connection = await openConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}/datastore`);
  return opened.connection;
}

function inPieces(...pieces: string[]) {
  return async (socket: Socket) => {
    for (const piece of pieces) {
      socket.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
}

afterEach(() => {
  opened.connection?.close();
  opened.server?.close();
});

describe('a response', () => {
  test('ends where Content-Length says', async () => {
    const connection = await connectionTo(inPieces('HTTP/1.1 200 OK\r\nETag: W/"3"\r\nContent-Length: 5\r\n\r\nhello'));
    const response = await connection.request({ method: 'GET', path: '/' });
    expect([response.status, response.body.toString(), response.header('etag'), response.header('location')]).toEqual([200, 'hello', 'W/"3"', undefined]);
  });

  test('may come in pieces that break anywhere', async () => {
    const connection = await connectionTo(inPieces('HTTP/1.1 201 Cre', 'ated\r\ncontent-length: 5\r', '\n\r', '\nhe', 'llo'));
    const response = await connection.request({ method: 'GET', path: '/' });
    expect([response.status, response.body.toString()]).toEqual([201, 'hello']);
  });

  test('may be chunked, chunks broken anywhere', async () => {
    const connection = await connectionTo(inPieces('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel', 'lo\r\n', '1\r\n!\r\n0\r\n', '\r\n'));
    expect((await connection.request({ method: 'GET', path: '/' })).body.toString()).toBe('hello!');
  });

  test('has no body for 204 and for HEAD', async () => {
    const connection = await connectionTo((socket, request) =>
      socket.write(request.startsWith('HEAD') ? 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n' : 'HTTP/1.1 204 No Content\r\n\r\n'),
    );
    expect((await connection.request({ method: 'DELETE', path: '/' })).status).toBe(204);
    expect((await connection.request({ method: 'HEAD', path: '/' })).body.length).toBe(0);
  });
});

test('A request carries its body with its length in bytes, and the next one uses the same connection', async () => {
  const requests: string[] = [];
  const connection = await connectionTo((socket, request) => {
    requests.push(request);
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  });
  await connection.request({ method: 'POST', path: '/Patient', body: '{"é":1}' });
  await connection.request({ method: 'GET', path: '/Patient/1' });
  expect(requests[0]).toMatch(/^POST \/Patient HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n[^]*Content-Length: 8\r\n\r\n\{"é":1\}$/);
  expect(requests[1]).toMatch(/^GET \/Patient\/1 HTTP\/1\.1\r\n/);
});

test('A connection that ends before the response is whole is lost, and stays so', async () => {
  const connection = await connectionTo((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel'));
  await expect(connection.request({ method: 'GET', path: '/' })).rejects.toBeInstanceOf(ConnectionLost);
  await expect(connection.request({ method: 'GET', path: '/' })).rejects.toBeInstanceOf(ConnectionLost);
});
