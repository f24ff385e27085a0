import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 200;
const PATIENCE_MS = 15 * 60_000;

/**
 * Waits until no other living process holds `file`, then holds it, so that a large download is made once.
 * It spares work and guards nothing: what is fetched is moved into place in one step, so the worst that two holders do,
 * after one of them has dawdled for a quarter of an hour, is to make one of the two fail.
 */
export async function holdClaim(
  file: string,
  signal?: AbortSignal,
): Promise<{ release(): Promise<void> }> {
  await mkdir(path.dirname(file), { recursive: true });
  const patientUntil = Date.now() + PATIENCE_MS;
  while (!(await taken(file))) {
    if (Date.now() > patientUntil || !(await holderLives(file))) {
      await rm(file, { force: true });
    } else {
      await pause(POLL_MS, undefined, signal === undefined ? {} : { signal });
    }
  }
  return { release: () => rm(file, { force: true }) };
}

/** The claim appears in one step with its holder's number in it, so it is never seen half-written. */
async function taken(file: string): Promise<boolean> {
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, String(process.pid));
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  } finally {
    await rm(mine, { force: true });
  }
}

/** A claim that has gone meanwhile counts as living: the next try takes it. */
async function holderLives(file: string): Promise<boolean> {
  const holder = await readFile(file, 'utf8').catch(() => null);
  if (holder === null) {
    return true;
  }
  try {
    process.kill(Number(holder), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
