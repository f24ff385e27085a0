import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * When a process began, as the system tells it. With the process number this names one process for ever: a number alone
 * is given again. Null when there is no such process, or when it has ended and only its parent has not noticed.
 */
export function processIdentity(pid: number): string | null {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/**
 * What Linux tells of a process after its number and name, from its state on (proc_pid_stat(5)). Null when there is no such
 * process, or no such place.
 */
export function statFields(pid: number): string[] | null {
  const stat = readIfPresent(`/proc/${pid}/stat`);
  // The name stands in brackets and may hold anything; the others follow its last bracket.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? null;
}

function fromProc(pid: number): string | null {
  const fields = statFields(pid);
  if (fields === null) return null;
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || startTicks === undefined) return null;
  // Ticks count from the machine's start, so they say nothing after another one.
  return `${readIfPresent('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${startTicks}`;
}

function fromPs(pid: number): string | null {
  try {
    const listed = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return listed.trim() || null;
  } catch {
    // ps ends with 1 when there is no such process.
    return null;
  }
}

/** A process may go away while its file is being read: ESRCH. */
function readIfPresent(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
