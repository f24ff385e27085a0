import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../../store/database.ts';
import { leftovers } from './leftovers.ts';
import type { Recorder } from './recorder.ts';

const LOOK_EVERY_MS = 100;
/** A second effect, were there one, would come within this time. */
const QUIET_MS = 1_000;

/**
 * Waits until nothing is left to do, and a little longer, or until the deadline; the journal then says what is left.
 * Whether that is good is for the journal's checks to say.
 */
export async function untilDone(
  db: Database,
  { journal, isQuiet }: Recorder,
  deadlineMs = 60_000,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  let quietSince = Infinity;
  for (;;) {
    journal.leftovers = await leftovers(db).catch(() => ({ 'a database that does not answer': 1 }));
    const isDone = isQuiet() && Object.values(journal.leftovers).every((count) => count === 0);
    if (!isDone) quietSince = Infinity;
    else quietSince = Math.min(quietSince, Date.now());
    if (Date.now() - quietSince >= QUIET_MS || Date.now() > deadline) return;
    await pause(LOOK_EVERY_MS);
  }
}
