import http from 'node:http';
import https from 'node:https';
import type { TLSSocket } from 'node:tls';

/** The largest answer that is read: to a post, Meta's are under one kilobyte; to a get, twenty texts of a thread. */
const LONGEST_ANSWER_BYTES = { post: 64 * 1024, get: 256 * 1024 };

/**
 * An unused connection is closed after this long, well before Meta's edge would: a request written into a connection
 * that is just being closed gets no answer, and nobody can tell whether it was read.
 */
const IDLE_CONNECTION_MS = 15_000;

export interface GraphGet {
  url: string;
  accessToken: string;
  signal?: AbortSignal | undefined;
}

export interface GraphPost extends GraphGet {
  body: unknown;
}

/** What became of one request. Only `nothing left` is certain not to have reached Meta. */
export type GraphAnswer =
  | { kind: 'answered'; status: number; text: string; retryAfter: string | undefined }
  | { kind: 'nothing left' | 'no whole answer' | 'answer not understood' };

export interface GraphTransport {
  post(request: GraphPost): Promise<GraphAnswer>;
  get(request: GraphGet): Promise<GraphAnswer>;
  /** Closes the connections that wait for reuse, and cuts those in use. */
  close(): void;
}

/**
 * Posts JSON, or gets it, and knows whether a byte of it can have left: the request is handed to its connection only once that
 * is established and, for TLS, verified. `timeoutMs` covers everything, from the look-up of the name to the last
 * byte of the answer. Nothing is retried or redirected.
 */
export function createGraphTransport({ timeoutMs }: { timeoutMs: number }): GraphTransport {
  const options = { keepAlive: true, timeout: IDLE_CONNECTION_MS };
  const plain = new http.Agent(options);
  // `rejectUnauthorized` is said aloud so that no variable of the environment can turn it off.
  const secure = new https.Agent({ ...options, minVersion: 'TLSv1.2', rejectUnauthorized: true });
  const agentFor = (url: string) => (new URL(url).protocol === 'https:' ? secure : plain);
  return {
    post: (request) => {
      const payload = Buffer.from(JSON.stringify(request.body));
      return exchange(request, payload, agentFor(request.url), timeoutMs);
    },
    get: (request) => exchange(request, null, agentFor(request.url), timeoutMs),
    close() {
      plain.destroy();
      secure.destroy();
    },
  };
}

/** One request and its answer; `payload` is null for a get. */
function exchange(
  graphRequest: GraphGet,
  payload: Buffer | null,
  agent: http.Agent,
  timeoutMs: number,
): Promise<GraphAnswer> {
  const { signal } = graphRequest;
  const { promise, resolve } = Promise.withResolvers<GraphAnswer>();
  if (signal?.aborted) return Promise.resolve({ kind: 'nothing left' });
  const request = open(graphRequest, agent, payload);
  let hasLeft = false;
  let isAnswered = false;

  const fail = (kind: 'no whole answer' | 'answer not understood') => {
    resolve({ kind: hasLeft ? kind : 'nothing left' });
    request.destroy();
  };
  const giveUp = () => fail('no whole answer');
  const timer = setTimeout(giveUp, timeoutMs);
  signal?.addEventListener('abort', giveUp);

  whenEstablished(request, agent, () => {
    hasLeft = true;
    request.end(payload ?? undefined);
  });
  request.on('response', (response) => {
    isAnswered = true;
    const longest = payload === null ? LONGEST_ANSWER_BYTES.get : LONGEST_ANSWER_BYTES.post;
    void readAnswer(response, longest).then(resolve);
  });
  request.on('error', (error) =>
    fail(isNotHttp(error) ? 'answer not understood' : 'no whole answer'),
  );
  // A connection can also end without an error, as when the other side wants to change the protocol.
  request.on('close', () => {
    if (!isAnswered) giveUp();
  });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  });
}

/** The request, none of it written yet: Node sends the headers with the first bytes of the body. */
function open(
  { url, accessToken }: GraphGet,
  agent: http.Agent,
  payload: Buffer | null,
): http.ClientRequest {
  const { request } = agent instanceof https.Agent ? https : http;
  const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
  if (payload === null) return request(url, { method: 'GET', agent, headers });
  const content = { 'content-type': 'application/json', 'content-length': payload.length };
  return request(url, { method: 'POST', agent, headers: { ...headers, ...content } });
}

function whenEstablished(request: http.ClientRequest, agent: http.Agent, proceed: () => void) {
  const isSecure = agent instanceof https.Agent;
  request.on('socket', (socket) => {
    // A connection that is used again is established already, and does not announce it a second time.
    const isReady = isSecure ? (socket as TLSSocket).authorized : !socket.connecting;
    if (isReady) proceed();
    else socket.once(isSecure ? 'secureConnect' : 'connect', proceed);
  });
}

async function readAnswer(
  response: http.IncomingMessage,
  longestBytes: number,
): Promise<GraphAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > longestBytes) return { kind: 'answer not understood' };
      chunks.push(chunk);
    }
  } catch {
    // The connection broke inside the body: the outcome says so, and the reason may name an address.
    return { kind: 'no whole answer' };
  }
  return {
    kind: 'answered',
    status: response.statusCode ?? 0,
    text: Buffer.concat(chunks).toString('utf8'),
    retryAfter: response.headers['retry-after'],
  };
}

function isNotHttp(error: NodeJS.ErrnoException): boolean {
  return error.code?.startsWith('HPE_') ?? false;
}
