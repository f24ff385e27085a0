import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { purgedWhenSilentSince } from '../../../domain/purge.ts';
import { BUCKETS } from '../../../lib/crypto/key-ring.ts';
import { eraseTaken } from '../../../store/erasure/erase-taken.ts';
import { takeSilentPeople } from '../../../store/erasure/purge.ts';
import { beginPurge } from '../../../store/erasure/purges.ts';
import { insertSilentPeople } from '../../support/silent-people.ts';
import { createStorage } from '../../support/storage.ts';

/** More than any transaction of a purge takes or deletes. */
const PEOPLE = 5_500;
const { db, ring } = await createStorage();

test('more people than one transaction takes are taken and erased in one run, and nobody else', async () => {
  await insertSilentPeople(db, ring, { count: PEOPLE, days: 89 });
  await insertSilentPeople(db, ring, { count: 100, days: 1 });
  await sql`ANALYZE`.execute(db);
  const purgeId = randomUUID();
  const buckets = Array.from({ length: BUCKETS }, (_, bucket) => bucket);
  await beginPurge(db, { purgeId, hour: 1 });
  const since = purgedWhenSilentSince(new Date());
  expect(await takeSilentPeople(db, { purgeId, buckets, since }, () => undefined)).toBe(PEOPLE);
  await eraseTaken(db, purgeId, () => undefined);
  const { rows } = await sql<{
    left: number;
  }>`SELECT count(*)::integer AS left FROM mayfly.subjects`.execute(db);
  expect(rows).toEqual([{ left: 100 }]);
});
