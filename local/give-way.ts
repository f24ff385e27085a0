import { readdirSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { statFields } from './process-identity.ts';

/** Half of the way down from the usual 0. */
const NICENESS = 10;

/**
 * Lets other processes go before this one where the processor is not enough for all. Linux may weigh sessions first and
 * only then the threads in them, so a process that leads a session takes that along. Where any of this is not possible,
 * it runs as it would without.
 */
export function giveWay(pid: number): void {
  // First the thread that the others come from; one of these may be gone before its turn comes.
  ifPossible(() => setPriority(pid, NICENESS));
  const threads = ifPossible(() => readdirSync(`/proc/${pid}/task`)) ?? [];
  for (const thread of threads) ifPossible(() => setPriority(Number(thread), NICENESS));
  const session = statFields(pid)?.[3];
  if (session === String(pid))
    ifPossible(() => writeFileSync(`/proc/${pid}/autogroup`, String(NICENESS)));
}

/** Nothing but speed depends on what is tried here. */
function ifPossible<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch {
    return null;
  }
}
