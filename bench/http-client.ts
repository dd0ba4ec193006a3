/**
 * A small HTTP/1.1 client over one kept-alive socket, one request at a time
 * (https://www.rfc-editor.org/rfc/rfc9112). The load generator shares two cores with the server it measures, so it
 * does only what the workloads need: bodies by Content-Length or in chunks, headers looked up by name when asked.
 */
import { connect, type Socket } from 'node:net';

/** A response larger than this is no answer a workload asks for: the connection gives up instead of filling memory. */
const maxResponseBytes = 64 * 1024 * 1024;

const headEnd = Buffer.from('\r\n\r\n');

export interface HttpResponse {
  readonly status: number;
  readonly body: Buffer;
  /** The header's value, `undefined` when it was not sent. The name in lower case. */
  header(name: string): string | undefined;
}

export interface HttpRequest {
  readonly method: string;
  /** Path and query, already encoded. */
  readonly path: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HttpConnection {
  /** One at a time. Rejects with `ConnectionLost` when the server goes away before the response is whole. */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): void;
}

/** The server closed the connection: whether it did what was asked is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** Connects to `http://host:port`; anything behind the port is ignored. */
export async function openConnection(baseUrl: string): Promise<HttpConnection> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), noDelay: true });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', () => reject(new ConnectionLost('The server did not accept a connection.')));
  });
  return new SocketConnection(socket, `${hostname}:${port}`);
}

class SocketConnection implements HttpConnection {
  private readonly socket: Socket;
  private readonly host: string;
  private readonly parser = new ResponseParser();
  private waiting: { resolve(response: HttpResponse): void; reject(error: Error): void } | undefined;
  private lost: Error | undefined;

  constructor(socket: Socket, host: string) {
    this.socket = socket;
    this.host = host;
    socket.removeAllListeners('error');
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => this.fail(new ConnectionLost(`The connection broke: ${error.message}`)));
    socket.on('close', () => this.fail(new ConnectionLost('The server closed the connection.')));
  }

  request({ method, path, body, headers = {} }: HttpRequest): Promise<HttpResponse> {
    if (this.lost) return Promise.reject(this.lost);
    if (this.waiting) throw new Error('One request at a time on a connection.');
    let head = `${method} ${path} HTTP/1.1\r\nHost: ${this.host}\r\nAccept: application/fhir+json\r\n`;
    for (const name in headers) head += `${name}: ${headers[name]}\r\n`;
    if (body !== undefined) {
      head += `Content-Type: application/fhir+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`;
    }
    const answered = new Promise<HttpResponse>((resolve, reject) => (this.waiting = { resolve, reject }));
    this.parser.begin(method === 'HEAD');
    if (typeof body === 'string') this.socket.write(`${head}\r\n${body}`);
    else {
      this.socket.cork();
      this.socket.write(`${head}\r\n`);
      if (body) this.socket.write(body);
      this.socket.uncork();
    }
    return answered;
  }

  close(): void {
    this.lost ??= new ConnectionLost('The connection was closed.');
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    try {
      const response = this.parser.push(chunk);
      if (!response) return;
      const waiting = this.waiting;
      this.waiting = undefined;
      waiting?.resolve(response);
    } catch (error) {
      this.fail(error as Error);
      this.socket.destroy();
    }
  }

  private fail(error: Error): void {
    this.lost ??= error;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}

/** Collects one response. Chunks are joined once, when all bytes are there. */
class ResponseParser {
  private parts: Buffer[] = [];
  private received = 0;
  private neededBytes = 0;
  private head: { text: string; status: number; bytes: number; chunked: boolean } | undefined;
  private withoutBody = false;

  begin(withoutBody: boolean): void {
    this.parts = [];
    this.received = 0;
    this.neededBytes = 0;
    this.head = undefined;
    this.withoutBody = withoutBody;
  }

  push(chunk: Buffer): HttpResponse | undefined {
    this.parts.push(chunk);
    this.received += chunk.length;
    if (this.received > maxResponseBytes) throw new ConnectionLost('The response is larger than any workload asks for.');
    if (this.received < this.neededBytes) return undefined;
    const all = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
    this.parts = [all];
    this.head ??= this.readHead(all);
    if (!this.head || all.length < this.neededBytes) return undefined;
    const body = this.head.chunked ? joinChunks(all, this.head.bytes) : all.subarray(this.head.bytes, this.neededBytes);
    return body && response(this.head.status, this.head.text, body);
  }

  private readHead(all: Buffer): ResponseParser['head'] {
    const end = all.indexOf(headEnd);
    if (end < 0) return undefined;
    const text = all.toString('latin1', 0, end);
    const bytes = end + headEnd.length;
    const status = Number(text.slice(9, 12));
    const bodiless = this.withoutBody || status === 204 || status === 304;
    const chunked = !bodiless && /\r\ntransfer-encoding: *chunked/i.test(text);
    const length = bodiless || chunked ? 0 : Number(/\r\ncontent-length: *(\d+)/i.exec(text)?.[1] ?? 0);
    this.neededBytes = bytes + length;
    return { text, status, bytes, chunked };
  }
}

/** The body of a chunked message, or `undefined` when its last chunk has not come yet. */
function joinChunks(all: Buffer, start: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let position = start;
  for (;;) {
    const lineEnd = all.indexOf('\r\n', position);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(all.toString('latin1', position, lineEnd), 16);
    const chunkEnd = lineEnd + 2 + size;
    if (all.length < chunkEnd + 2) return undefined;
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(all.subarray(lineEnd + 2, chunkEnd));
    position = chunkEnd + 2;
  }
}

function response(status: number, head: string, body: Buffer): HttpResponse {
  return {
    status,
    body,
    header: (name) => new RegExp(`\\r\\n${name}: *([^\\r\\n]*)`, 'i').exec(head)?.[1],
  };
}
