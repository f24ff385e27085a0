import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 25;
const DEADLINE_MS = 30_000;

/** Waits until something holds. After thirty seconds it is an error that says what did not come about. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${DEADLINE_MS} ms in vain: ${what}`);
    await pause(LOOK_EVERY_MS);
  }
}
