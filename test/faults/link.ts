import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A connection between two parts that a test can cut, hold up, and take answers from. */
export interface Link {
  port: number;
  /** Ends what is open, and takes nothing new. */
  cut(): void;
  /** Nothing passes any more, in either direction, and nobody is told. */
  hold(): void;
  /** All is well again. */
  mend(): void;
  /** The next answer that looks like this does not arrive: the connection ends instead. Then `onLost` gets it. */
  loseAnswer(looksLike: RegExp, onLost: (answer: string) => void): void;
  close(): Promise<void>;
}

type State = 'open' | 'held' | 'cut';

/** Listens on a loopback port and passes everything on to another. */
export async function createLink(targetPort: number): Promise<Link> {
  const pairs = new Set<[Socket, Socket]>();
  const losses: { looksLike: RegExp; onLost: (answer: string) => void }[] = [];
  let state: State = 'open';

  const server = createServer((near) => {
    if (state === 'cut') {
      near.destroy();
      return;
    }
    const far = connect(targetPort, '127.0.0.1');
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) {
      // A broken connection is what links are for; its other half is told by breaking too.
      socket.on('error', end).on('close', end);
      if (state === 'held') socket.pause();
    }
    near.on('data', (bytes) => pass(near, far, bytes));
    far.on('data', (bytes) => {
      const index = losses.findIndex(({ looksLike }) => looksLike.test(bytes.toString('latin1')));
      if (index === -1) return pass(far, near, bytes);
      const [loss] = losses.splice(index, 1);
      end();
      loss?.onLost(bytes.toString('utf8'));
    });
    near.on('end', () => far.end());
    far.on('end', () => near.end());
  });
  await listening(server);

  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      state = 'cut';
      for (const [near, far] of pairs) {
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
    },
    hold: () => {
      state = 'held';
      for (const socket of [...pairs].flat()) socket.pause();
    },
    mend: () => {
      state = 'open';
      for (const socket of [...pairs].flat()) socket.resume();
    },
    loseAnswer: (looksLike, onLost) => void losses.push({ looksLike, onLost }),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of [...pairs].flat()) socket.destroy();
      await closed;
    },
  };
}

function pass(from: Socket, to: Socket, bytes: Buffer): void {
  if (to.destroyed || to.writableEnded || to.write(bytes)) return;
  from.pause();
  to.once('drain', () => from.resume());
}

async function listening(server: Server): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
}
