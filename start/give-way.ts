import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';

/** Half of the way down from the usual 0. */
const NICENESS = 10;

/**
 * Lets other processes go before this one where the processor is not enough for all. Linux may weigh sessions first and
 * only then the threads in them, so a process that leads a session takes that along. Where this cannot be had, everything
 * runs as it would without.
 */
export function giveWay(pid: number): void {
  try {
    // First the one that the others come from.
    setPriority(pid, NICENESS);
    for (const thread of readdirSync(`/proc/${pid}/task`)) setPriority(Number(thread), NICENESS);
    if (sessionOf(pid) === pid) writeFileSync(`/proc/${pid}/autogroup`, String(NICENESS));
  } catch {
    // Nothing but speed depends on it.
  }
}

/** The fourth field after the program's name, which stands in brackets (proc_pid_stat(5)). */
function sessionOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}
