import type { KyselyPlugin } from 'kysely';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import type { Database } from '../../store/database.ts';

/**
 * A database and a key ring that fail at this step, counted from 1, and from then on. What was done and committed
 * before stays, as when a process is killed.
 */
export function deadlyStep(
  db: Database,
  ring: KeyRing,
  step: number,
): { db: Database; ring: KeyRing } {
  let steps = 0;
  const count = () => {
    steps += 1;
    if (steps >= step) throw new Error('killed');
  };
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      count();
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
  const counted: KeyRing = {
    bucketKeys: (bucket) => ring.bucketKeys(bucket),
    secret: (name) => ring.secret(name),
    addVersion: (bucket) => {
      count();
      return ring.addVersion(bucket);
    },
    destroyOldVersions: (bucket) => {
      count();
      ring.destroyOldVersions(bucket);
    },
    dayKeys: () => ring.dayKeys(),
    ensureDayKey: (day) => ring.ensureDayKey(day),
    destroyDayKeysBefore: (day) => ring.destroyDayKeysBefore(day),
  };
  return { db: db.withPlugin(plugin), ring: counted };
}
