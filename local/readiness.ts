import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 100;
const ANSWER_MS = 5_000;

/** Asks until the address answers with success. Rejects only when `signal` aborts. */
export async function untilAnswers(url: string, signal: AbortSignal): Promise<void> {
  while (!(await answers(url, signal))) await pause(POLL_MS, undefined, { signal });
}

/** Tries until something listens on the loopback port. Rejects only when `signal` aborts. */
export async function untilListens(port: number, signal: AbortSignal): Promise<void> {
  while (!(await listens(port))) await pause(POLL_MS, undefined, { signal });
}

/** No connection, no answer in time and any other status all mean "not yet". */
async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
      redirect: 'manual',
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return once(socket, 'connect')
    .then(
      () => true,
      () => false,
    )
    .finally(() => socket.destroy());
}
