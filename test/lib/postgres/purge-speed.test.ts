import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { purgedWhenSilentSince } from '../../../domain/purge.ts';
import { BUCKETS } from '../../../lib/crypto/key-ring.ts';
import { eraseTaken } from '../../../lib/postgres/erase-taken.ts';
import { takeSilentPeople } from '../../../lib/postgres/purge.ts';
import { beginPurge } from '../../../lib/postgres/purges.ts';
import { insertSilentPeople } from '../../support/silent-people.ts';
import { createStorage } from '../../support/storage.ts';

const PEOPLE = 20_000;
const { db, ring } = await createStorage();

test('20,000 people are taken and erased in one run, at a rate that is told', async () => {
  await insertSilentPeople(db, ring, { count: PEOPLE, days: 89 });
  await insertSilentPeople(db, ring, { count: 1_000, days: 1 });
  await sql`ANALYZE`.execute(db);
  const purgeId = randomUUID();
  const buckets = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
  await beginPurge(db, { purgeId, hour: 1 });
  const begun = performance.now();
  const since = purgedWhenSilentSince(new Date());
  const taken = await takeSilentPeople(db, { purgeId, buckets, since }, () => undefined);
  await eraseTaken(db, purgeId, () => undefined);
  const seconds = (performance.now() - begun) / 1000;
  // For whoever reads the run: what the machine does besides decides too much to hold anybody to it.
  process.stderr.write(`purge: ${Math.round(PEOPLE / seconds)} people/s\n`);
  expect(taken).toBe(PEOPLE);
  const { rows } = await sql<{
    left: number;
  }>`SELECT count(*)::integer AS left FROM mayfly.subjects`.execute(db);
  expect(rows).toEqual([{ left: 1_000 }]);
}, 300_000);
