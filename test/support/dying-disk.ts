import { writeSync } from 'node:fs';
import type { KyselyPlugin } from 'kysely';
import { RING_DISK } from '../../lib/crypto/ring-disk.ts';
import type { RingDisk } from '../../lib/crypto/ring-disk.ts';
import type { Database } from '../../store/database.ts';

/**
 * A database and the disk of a key ring that fail at this step, counted from 1, and from then on, as when a process is
 * killed. A write at which it dies leaves half of its bytes. `steps` tells how many there were.
 */
export function dyingDisk(db: Database, step: number) {
  let steps = 0;
  const isDead = () => (steps += 1) >= step;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      if (isDead()) throw new Error('killed');
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  };
  const disk: RingDisk = {
    write: (file, bytes, offset) => {
      const wasDead = steps >= step;
      if (!isDead()) return RING_DISK.write(file, bytes, offset);
      if (!wasDead) writeSync(file, bytes, 0, Math.ceil(bytes.length / 2), offset);
      throw new Error('killed');
    },
    sync: (file) => {
      if (isDead()) throw new Error('killed');
      RING_DISK.sync(file);
    },
  };
  return { db: db.withPlugin(plugin), disk, steps: () => steps };
}
