import { randomInt } from 'node:crypto';
import { tryPort } from '../../start/free-port.ts';

/**
 * Below the range from which systems take ports for outgoing connections: a process that was killed must get its port
 * back when it is started again.
 */
const FIRST = 18_000;
const LAST = 31_999;

/** So many different loopback ports that are free now. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const tried = await tryPort(randomInt(FIRST, LAST + 1));
    if ('port' in tried) found.add(tried.port);
  }
  return [...found];
}
