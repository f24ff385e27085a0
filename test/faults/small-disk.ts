import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A folder on a disk of its own, small enough to be filled. */
export interface SmallDisk {
  folder: string;
  fill(): void;
  free(): void;
  /** The folder must not be in use any more. */
  remove(): void;
}

const SIZE = '384m';
const BLOCK = Buffer.alloc(64 * 1024);

/** Makes one in memory. Null where this user may not mount anything. */
export function smallDisk(): SmallDisk | null {
  const root = mkdtempSync(path.join(tmpdir(), 'mayfly-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0711`, 'tmpfs', root], {
      stdio: 'ignore',
    });
  } catch {
    rmSync(root, { recursive: true });
    return null;
  }
  const ballast = path.join(root, 'ballast');
  return {
    folder: path.join(root, 'data'),
    fill: () => {
      const { bavail, bsize } = statfsSync(root);
      for (let left = bavail * bsize; left > 0; left -= BLOCK.length) {
        try {
          writeFileSync(ballast, BLOCK, { flag: 'a' });
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return;
          throw error;
        }
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove: () => {
      execFileSync('umount', [root], { stdio: 'ignore' });
      rmSync(root, { recursive: true });
    },
  };
}
