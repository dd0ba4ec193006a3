/** Writes an operation's answer to the connection. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { encodedAnswer } from '../machine/encoded-answer.ts';
import type { OperationResponse } from '../operations/operation.ts';

/** Resolves when the answer was handed to the connection. */
export async function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: OperationResponse): Promise<void> {
  if (response.destroyed) return;
  const { status, headers, body } = await encodedAnswer({ method: request.method ?? 'GET', headers: request.headers }, answer);
  response.writeHead(status, headers).end(body);
}
