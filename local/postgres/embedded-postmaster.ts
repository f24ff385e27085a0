import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Launcher } from './embedded-launcher.ts';

const run = promisify(execFile);

/**
 * Makes the way free for a new server on this folder. A server that still runs on it has outlived its parent and is
 * stopped cleanly; a pid that now belongs to some other program is made harmless. Throws one line when neither works.
 */
export async function clearPostmaster(
  dataDir: string,
  launcher: Launcher,
  report: (line: string) => void,
): Promise<void> {
  const file = path.join(dataDir, 'postmaster.pid');
  const content = await readFile(file, 'utf8').catch(absentAsNull);
  const pid = Math.abs(Number.parseInt(content ?? '', 10));
  if (content === null || !Number.isSafeInteger(pid) || pid === 0 || !isAlive(pid)) {
    return;
  }
  if (await worksIn(pid, dataDir)) {
    report(`Postgres: stopping the server that an earlier start left running (process ${pid})`);
    await stopOrphan(dataDir, launcher);
    return;
  }
  // Postgres would take any living process of this number for a server and refuse to start, but it skips its own
  // parent's. The other lines stay: by them it notices back ends that outlived their server.
  await writeFile(file, content.replace(/^.*$/m, String(process.pid)));
}

async function stopOrphan(dataDir: string, launcher: Launcher): Promise<void> {
  const stop = (mode: 'fast' | 'immediate', seconds: number) => {
    const args = ['stop', '-D', dataDir, '-m', mode, '-w', '-t', String(seconds)];
    const launch = launcher.launch(launcher.programs.pgCtl, args);
    return run(launch.file, launch.args, launch.options);
  };
  await stop('fast', 15).catch(() =>
    stop('immediate', 15).catch((error: unknown) => {
      throw new Error(`Postgres: the server that already runs on ${dataDir} does not stop`, {
        cause: error,
      });
    }),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A server's working directory is its data folder. Where there is no /proc, its command line names the folder. */
async function worksIn(pid: number, dataDir: string): Promise<boolean> {
  if (process.platform === 'linux') {
    const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => null);
    return cwd !== null && cwd === (await realpath(dataDir));
  }
  const listed = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(() => null);
  return listed !== null && listed.stdout.includes('postgres') && listed.stdout.includes(dataDir);
}

function absentAsNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') {
    return null;
  }
  throw error;
}
