import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { processIdentity } from './process-identity.ts';

/** The folder that holds everything this machine keeps, held by one start at a time. */
export interface DataFolder {
  path: string;
  release(): void;
}

/**
 * Makes the folder when it is new, readable by its owner alone, and holds it. The rights of a folder that exists are its
 * owner's business. Throws one line when another start holds it.
 */
export function openDataFolder(folder: string): DataFolder {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = path.join(folder, 'start.lock');
  const own = JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) });
  const holder = takeLock(lock, own);
  if (holder !== null) {
    throw new Error(
      `${folder} is in use by another start (process ${holder}): stop that one, or set DATA_DIR to another folder`,
    );
  }
  return { path: folder, release: () => rmSync(lock, { force: true }) };
}

/** Null when the lock is ours, else the process that holds it. */
function takeLock(lock: string, own: string): number | null {
  for (;;) {
    if (created(lock, own)) return null;
    const content = readIfPresent(lock);
    if (content === null) continue;
    const holder = livingHolder(content);
    if (holder !== null) return holder;
    removeStale(lock, content);
  }
}

/** The lock appears in one step with its holder in it, and only where there is none. */
function created(lock: string, own: string): boolean {
  const mine = `${lock}.${randomUUID()}`;
  writeFileSync(mine, own, { mode: 0o600 });
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(mine);
  }
}

/**
 * Takes a dead holder's lock away. Moving it first shows whose it really was: had another start replaced it in between,
 * that one's lock is put back.
 */
function removeStale(lock: string, stale: string): void {
  const aside = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== stale) linkSync(aside, lock);
  rmSync(aside);
}

/** A lock that does not read as ours was left by a machine that crashed while writing: nobody holds it. */
function livingHolder(content: string): number | null {
  try {
    const { pid, identity } = JSON.parse(content) as { pid: number; identity: string };
    return processIdentity(pid) === identity ? pid : null;
  } catch {
    return null;
  }
}

function readIfPresent(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
