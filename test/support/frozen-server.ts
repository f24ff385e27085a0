import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** Something that listens, takes every connection and never answers; `reached` counts those that it took. */
export async function startFrozenServer() {
  const sockets = new Set<Socket>();
  let reached = 0;
  const server = createServer((socket) => {
    reached += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    reached: () => reached,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
