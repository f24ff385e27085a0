import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openDataFolder } from '../../local/data-folder.ts';
import { stopSurvivors } from '../../local/process-record.ts';

/** A folder on a disk of its own, small enough to be filled. */
export interface SmallDisk {
  folder: string;
  fill(): void;
  free(): void;
  /** The folder must not be in use any more. */
  remove(): void;
}

const PREFIX = 'mayfly-disk-';
const SIZE = '384m';
const BLOCK = Buffer.alloc(64 * 1024);
/** A disk that was made a moment ago may not be held yet. */
const YOUNG_MS = 60_000;

/** Makes one in memory, and removes those of runs that were killed. Null where this user may not mount anything. */
export async function smallDisk(): Promise<SmallDisk | null> {
  await clearUpAfterKilledRuns();
  const root = mkdtempSync(path.join(tmpdir(), PREFIX));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0711`, 'tmpfs', root], {
      stdio: 'ignore',
    });
  } catch {
    rmSync(root, { recursive: true });
    return null;
  }
  return {
    folder: folderOn(root),
    fill: () => fill(root),
    free: () => free(root),
    remove: () => remove(root),
  };
}

const folderOn = (root: string) => path.join(root, 'data');
const ballastOn = (root: string) => path.join(root, 'ballast');

function fill(root: string): void {
  const { bavail, bsize } = statfsSync(root);
  for (let left = bavail * bsize; left > 0; left -= BLOCK.length) {
    try {
      writeFileSync(ballastOn(root), BLOCK, { flag: 'a' });
    } catch (error) {
      if (isFull(error)) return;
      throw error;
    }
  }
}

function free(root: string): void {
  rmSync(ballastOn(root), { force: true });
}

function remove(root: string): void {
  // Whatever still has a file open on it keeps it until it ends, unseen.
  execFileSync('umount', ['--lazy', root], { stdio: 'ignore' });
  rmSync(root, { recursive: true });
}

/** A run that was killed leaves its servers running on its disk, recognisable by a holder that is dead. */
async function clearUpAfterKilledRuns(): Promise<void> {
  const names = readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX));
  for (const root of names.map((name) => path.join(tmpdir(), name))) {
    if (Date.now() - statSync(root).ctimeMs < YOUNG_MS || !isOurs(root)) continue;
    await stopSurvivors(path.join(folderOn(root), 'processes.json'), () => undefined);
    remove(root);
  }
}

/** Whether nobody else holds it: then we do. */
function isOurs(root: string): boolean {
  try {
    openDataFolder(folderOn(root));
    return true;
  } catch (error) {
    if (!isFull(error)) return false;
    free(root);
    return isOurs(root);
  }
}

function isFull(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOSPC';
}
