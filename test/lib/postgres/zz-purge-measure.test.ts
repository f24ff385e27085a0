import { jest } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { rewrapLeftBuckets } from '../../../lib/postgres/departures.ts';
import { eraseTaken } from '../../../lib/postgres/erase-taken.ts';
import { countOverdue } from '../../../lib/postgres/overdue.ts';
import { takeSilentPeople, clearLeftovers } from '../../../lib/postgres/purge.ts';
import { beginPurge } from '../../../lib/postgres/purges.ts';
import { createStorage } from '../../support/storage.ts';
import { insertSilentPeople } from '../../support/silent-people.ts';

const { db, ring } = await createStorage();
jest.setTimeout(600_000);
const buckets = Array.from({ length: 1024 }, (_, b) => b);

test.each([[20_000, 1, 0], [5_000, 10, 0], [20_000, 1, 20_000]])('measure %s people with %s messages, %s stay', async (count, messages, stay) => {
  const t0 = performance.now();
  await insertSilentPeople(db, ring, { count, days: 89, messages });
  if (stay) await insertSilentPeople(db, ring, { count: stay, days: 10, messages });
  for (const t of ['mayfly.subjects','mayfly.messages','mayfly.replies','mayfly.deliveries','mayfly.sessions','mayfly.addresses','keys.subject_keys','keys.identifiers']) await sql`ANALYZE ${sql.table(t)}`.execute(db);
  const t1 = performance.now();
  const purgeId = randomUUID();
  await beginPurge(db, { purgeId, hour: 1 });
  const n = await takeSilentPeople(db, { purgeId, buckets, since: new Date(Date.now() - 88 * 86_400_000) }, () => undefined);
  const t2 = performance.now();
  await clearLeftovers(db, buckets);
  const t3 = performance.now();
  let rw = 0;
  await rewrapLeftBuckets(db, ring, async () => { rw += 1; });
  const t4 = performance.now();
  await eraseTaken(db, purgeId, () => undefined);
  const t5 = performance.now();
  const o = await countOverdue(db, new Date(Date.now() - 90 * 86_400_000));
  const t6 = performance.now();
  const row = await db.selectFrom('mayfly.purges').selectAll().where('id', '=', purgeId).executeTakeFirst();
  const s = (ms: number) => Math.round(ms);
  process.stderr.write(JSON.stringify({ count, messages, stay, n, rw, o, people: row?.people, rows: row?.erased_rows, insert: s(t1 - t0), take: s(t2 - t1), left: s(t3 - t2), rewrap: s(t4 - t3), erase: s(t5 - t4), overdue: s(t6 - t5), perSecond: s(n / ((t2 - t1 + t5 - t4) / 1000)) }) + '\n');
});
