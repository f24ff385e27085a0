import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import pg from 'pg';

/** A pooler in transaction mode: many clients, one connection to the server, which changes hands after each transaction. */
export interface TransactionPooler {
  connectionString: string;
  close(): Promise<void>;
}

interface PooledClient {
  socket: Socket;
  /** Messages that wait for the server. */
  waiting: Buffer[];
  /** Answers that the server still owes: one for each query and each sync. */
  owed: number;
}

const SSL_REQUEST = 80_877_103;
const QUERY = 'Q'.charCodeAt(0);
const SYNC = 'S'.charCodeAt(0);
const TERMINATE = 'X'.charCodeAt(0);
const READY = 'Z'.charCodeAt(0);
const IDLE = 'I'.charCodeAt(0);

/** As PgBouncer does: it lets clients in itself, under numbers of its own, and leaves out their parameters. */
export async function startTransactionPooler(databaseUrl: string): Promise<TransactionPooler> {
  const server = await openServer(databaseUrl);
  const clients: PooledClient[] = [];
  let holder: PooledClient | null = null;

  const handOver = () => {
    if (holder !== null) return;
    holder = clients.find(({ waiting }) => waiting.length > 0) ?? null;
    for (const message of holder?.waiting.splice(0) ?? []) forward(message);
  };
  const forward = (message: Buffer) => {
    if (holder !== null && (message[0] === QUERY || message[0] === SYNC)) holder.owed += 1;
    server.write(message);
  };
  const take = messagesOf((message) => {
    if (holder === null) return;
    holder.socket.write(message);
    if (message[0] !== READY) return;
    holder.owed -= 1;
    if (holder.owed > 0 || message[5] !== IDLE) return;
    // The one that had it goes to the end of the queue, so that two clients take turns.
    clients.push(...clients.splice(clients.indexOf(holder), 1));
    holder = null;
    handOver();
  });
  server.on('data', take);

  const listener = createServer((socket) => {
    const client: PooledClient = { socket, waiting: [], owed: 0 };
    socket.on('error', () => socket.destroy());
    letIn(socket, (message) => {
      if (message[0] === TERMINATE) return socket.end();
      if (holder === client) return forward(message);
      client.waiting.push(message);
      handOver();
    });
    clients.push(client);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  return {
    connectionString: url.href,
    close: async () => {
      for (const { socket } of clients) socket.destroy();
      server.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

/** A connection to the server that has signed in and is then used as it is, byte by byte. */
async function openServer(databaseUrl: string): Promise<Socket> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  stream.removeAllListeners();
  stream.on('error', () => stream.destroy());
  return stream;
}

/** Answers what a client begins with, then gives each of its messages to `take`. */
function letIn(socket: Socket, take: (message: Buffer) => void): void {
  let beginning: Buffer = Buffer.alloc(0);
  let isIn = false;
  const read = messagesOf(take);
  socket.on('data', (bytes: Buffer) => {
    if (isIn) return read(bytes);
    beginning = Buffer.concat([beginning, bytes]);
    const length = beginning.length >= 8 ? beginning.readInt32BE(0) : Infinity;
    if (beginning.length < length) return;
    const isTlsWanted = beginning.readInt32BE(4) === SSL_REQUEST;
    const rest = beginning.subarray(length);
    beginning = Buffer.alloc(0);
    if (isTlsWanted) return void socket.write('N');
    isIn = true;
    socket.write(WELCOME);
    read(rest);
  });
}

/** Signed in, under process 1 with secret 1, and ready. */
const WELCOME = Buffer.concat([
  Buffer.from([...bytesOf('R'), 0, 0, 0, 8, 0, 0, 0, 0]),
  Buffer.from([...bytesOf('K'), 0, 0, 0, 12, 0, 0, 0, 1, 0, 0, 0, 1]),
  Buffer.from([...bytesOf('Z'), 0, 0, 0, 5, IDLE]),
]);

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Cuts a stream into messages: a letter, a length, a body. */
function messagesOf(take: (message: Buffer) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 5 && rest.length >= rest.readInt32BE(1) + 1) {
      const end = rest.readInt32BE(1) + 1;
      const message = rest.subarray(0, end);
      rest = rest.subarray(end);
      take(message);
    }
  };
}
