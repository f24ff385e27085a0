import { randomInt } from 'node:crypto';
import { tryPort } from '../../local/free-port.ts';

/**
 * Below the range from which systems take ports for outgoing connections: a process that was killed must get its port
 * back when it is started again.
 */
const FIRST = 18_000;
const LAST = 31_999;
/** Test files that run side by side take their ports from shares of their own. */
const SHARES = 8;
const SHARE = Math.floor((LAST + 1 - FIRST) / SHARES);

const taken = new Set<number>();

/**
 * So many different loopback ports that are free now. None is handed out twice: its owner may listen only seconds later,
 * and would be taken for ready while somebody else answers there.
 */
export async function freePorts(count: number): Promise<number[]> {
  const first = FIRST + (Number(process.env['JEST_WORKER_ID'] ?? 0) % SHARES) * SHARE;
  const found: number[] = [];
  while (found.length < count) {
    const port = randomInt(first, first + SHARE);
    if (taken.has(port)) continue;
    taken.add(port);
    const tried = await tryPort(port);
    if ('port' in tried) found.push(tried.port);
  }
  return found;
}
