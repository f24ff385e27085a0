import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/**
 * How the fake treats one call. "Execute" means that the message is sent, as far as the person can see, whatever
 * becomes of the answer; without it nothing is sent. `drop before reading` breaks the connection as a server that had
 * not read the request would. `status` answers with an error of Meta's, or with anything else, and sends nothing;
 * `slowMs` sends at once and answers that much later.
 */
export type Behaviour =
  | 'ok'
  | 'drop before reading'
  | 'execute then drop'
  | 'execute then 500'
  | 'execute then cut headers'
  | 'execute then cut body'
  | 'execute then cut end'
  | 'execute then hang'
  | 'hang'
  | { slowMs: number }
  | { status: number; body: unknown; headers?: Record<string, string> };

/** What one answer is about to be, before the behaviour has its way with it. */
export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
}

export function isExecuted(behaviour: Behaviour): boolean {
  if (typeof behaviour === 'string') return behaviour === 'ok' || behaviour.startsWith('execute');
  return 'slowMs' in behaviour;
}

/** Answers, or breaks the connection, as planned. Resolves once the fake has done its part. */
export async function behave(
  behaviour: Behaviour,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  if (typeof behaviour === 'object') {
    if ('status' in behaviour) return write(response, behaviour);
    await setTimeout(behaviour.slowMs, undefined, { ref: false });
    return write(response, answer);
  }
  switch (behaviour) {
    case 'ok':
      return write(response, answer);
    case 'drop before reading':
    case 'execute then drop':
      response.destroy();
      return;
    case 'execute then 500':
      return write(response, {
        status: 500,
        body: '<html><body>Internal Server Error</body></html>',
      });
    case 'execute then cut headers':
      response.socket?.write('HTTP/1.1 200 OK\r\ncontent-ty', () => response.destroy());
      return;
    case 'execute then cut body':
      return cut(response, answer, 0.5);
    case 'execute then cut end':
      return cut(response, answer, 1);
    case 'execute then hang':
    case 'hang':
  }
}

/** A string is sent as it is, so that an answer need not be JSON. */
export function write(response: ServerResponse, { status, body, headers = {} }: Answer): void {
  if (response.destroyed) return;
  const isRaw = typeof body === 'string';
  response.writeHead(status, {
    'content-type': isRaw ? 'text/html' : 'application/json',
    ...headers,
  });
  response.end(isRaw ? body : JSON.stringify(body));
}

/** Breaks the connection after this share of the body, and before its last byte in any case. */
function cut(response: ServerResponse, { status, body }: Answer, share: number): void {
  const text = JSON.stringify(body);
  const sent = Math.min(Math.floor(text.length * share), text.length - 1);
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': text.length });
  response.write(text.slice(0, sent), () => response.destroy());
}
