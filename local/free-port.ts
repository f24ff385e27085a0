import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Whether the loopback port can be had: `in use`, or `not allowed` to this user. Port 0 stands for any. */
export async function tryPort(
  port: number,
): Promise<{ port: number } | { refused: 'in use' | 'not allowed' }> {
  const probe = createServer();
  probe.listen({ port, host: '127.0.0.1', exclusive: true });
  try {
    await once(probe, 'listening');
  } catch (error) {
    return {
      refused: (error as NodeJS.ErrnoException).code === 'EACCES' ? 'not allowed' : 'in use',
    };
  }
  const { port: had } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return { port: had };
}

/** The first of these ports that somebody listens on, or null. */
export async function portInUse(ports: readonly number[]): Promise<number | null> {
  for (const port of ports) if ('refused' in (await tryPort(port))) return port;
  return null;
}

/** The usual port when it can be had, else any other; then `report` is told. Never one of `taken`. */
export async function usualOrFreePort(
  name: string,
  usual: number,
  taken: ReadonlySet<number>,
  report: (line: string) => void,
): Promise<number> {
  if (!taken.has(usual)) {
    const tried = await tryPort(usual);
    if ('port' in tried) return tried.port;
  }
  for (;;) {
    const other = await tryPort(0);
    if ('port' in other && !taken.has(other.port)) {
      report(`${name}: port ${usual} is in use, taking ${other.port}`);
      return other.port;
    }
  }
}
