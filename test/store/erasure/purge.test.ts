import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { TABLES } from '../../../domain/inventory.ts';
import type { TableRule } from '../../../domain/inventory.ts';
import {
  excusedWhenHeldSince,
  overdueWhenSilentSince,
  purgedWhenSilentSince,
} from '../../../domain/purge.ts';
import { BUCKETS } from '../../../lib/crypto/key-ring.ts';
import type { KeyRing } from '../../../lib/crypto/key-ring.ts';
import { SubjectKeyCache } from '../../../lib/crypto/subject-key-cache.ts';
import { rewrapLeftBuckets } from '../../../store/keys/departures.ts';
import { eraseTaken } from '../../../store/erasure/erase-taken.ts';
import { storeMessages } from '../../../store/conversation/inbox.ts';
import { countOverdue } from '../../../store/erasure/overdue.ts';
import { People } from '../../../store/people/people.ts';
import { clearLeftovers, findTaken, takeSilentPeople } from '../../../store/erasure/purge.ts';
import { beginPurge, countRewrapped, finishPurge } from '../../../store/erasure/purges.ts';
import { createRequest } from '../../../store/requests/requests.ts';
import { rewrapBucket } from '../../../store/keys/rewrap-bucket.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { deadlyStep } from '../../support/deadly-step.ts';
import { insertSilentPeople } from '../../support/silent-people.ts';
import type { SilentPerson } from '../../support/silent-people.ts';
import { createStorage } from '../../support/storage.ts';

const { db, ring } = await createStorage();
/** No cache, so that every look-up opens the key anew. */
const people = new People({
  ring,
  cache: new SubjectKeyCache({ capacity: 1, now: () => Infinity }),
});
const EVERY_BUCKET = Array.from({ length: BUCKETS }, (_, bucket) => bucket);

const overdueNow = (database = db, now = new Date()) =>
  countOverdue(database, {
    since: overdueWhenSilentSince(now),
    heldSince: excusedWhenHeldSince(now),
  });

/** The steps of one run, over every bucket, as the workflow takes them. */
async function purge(database = db, keys: KeyRing = ring, purgeId = randomUUID()) {
  await beginPurge(database, { purgeId, hour: 1 });
  const since = purgedWhenSilentSince(new Date());
  await takeSilentPeople(database, { purgeId, buckets: EVERY_BUCKET, since }, () => undefined);
  await clearLeftovers(database, EVERY_BUCKET);
  await rewrapLeftBuckets(database, keys, () => countRewrapped(database, purgeId));
  await eraseTaken(database, purgeId, () => undefined);
  const overdue = await overdueNow(database);
  return finishPurge(database, { purgeId, overdue });
}

const insert = (options: { count?: number; days: number; bucket?: number }) =>
  insertSilentPeople(db, ring, { count: 3, ...options });
const idsOf = (persons: readonly SilentPerson[]) => persons.map(({ id }) => id);

/** How many rows there are of these people, in every table of the inventory that has any. */
async function rowsOf(ids: readonly string[]): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [table, { eraser }] of Object.entries<TableRule<Record<string, unknown>>>(TABLES)) {
    if (eraser.by !== 'subject column') continue;
    const { rows } = await sql<{
      count: number;
    }>`SELECT count(*)::integer AS count FROM ${sql.table(table)}
      WHERE ${sql.ref(eraser.column)} = ANY(${ids}::uuid[])`.execute(db);
    if (rows[0]?.count) found[table] = rows[0].count;
  }
  return found;
}

/** Whether somebody is found by each of their identifiers, and what they wrote can be read. */
async function isWhole({ id, reference, messageId }: SilentPerson): Promise<boolean> {
  return inTransaction(db, async (trx) => {
    for (const identifier of reference.identifiers) {
      if ((await people.find(trx, { ...reference, identifiers: [identifier] }))?.subjectId !== id)
        return false;
    }
    const cipher = await people.cipher(trx, id);
    const { sealed_text: sealed } = await trx
      .selectFrom('mayfly.messages')
      .select('sealed_text')
      .where('id', '=', messageId)
      .executeTakeFirstOrThrow();
    return (
      sealed !== null && cipher.open('messages.sealed_text', messageId, sealed).startsWith('hello')
    );
  });
}

async function expectWhole(persons: readonly SilentPerson[]): Promise<void> {
  for (const person of persons) expect(await isWhole(person)).toBe(true);
}

const message = (text: string) => ({
  providerId: randomUUID(),
  at: new Date(),
  content: { kind: 'text', text } as const,
  address: { kind: 'whatsapp phone', value: '+15550100000' } as const,
});

/** What a webhook does. */
const write = ({ reference }: SilentPerson) =>
  inTransaction(db, async (trx) => {
    const cipher = await people.findOrCreate(trx, reference, new Date());
    await storeMessages(trx, cipher, [message('again')]);
    return cipher.subjectId;
  });

test('people who have been silent for 88 days and more are gone from every place, and those of 87 days are whole', async () => {
  const stay = [
    ...(await insert({ days: 1, bucket: 7 })),
    ...(await insert({ days: 87, bucket: 7 })),
  ];
  const go = (
    await Promise.all([88, 89, 90, 91].map((days) => insert({ days, bucket: 7 })))
  ).flat();
  const places = Object.keys(await rowsOf(idsOf(go)));
  expect(places).toHaveLength(8);
  const report = await purge();
  expect(report).toMatchObject({ people: 12, rows: 72, overdue: 0 });
  expect(report.buckets).toBeGreaterThan(1);
  expect(await rowsOf(idsOf(go))).toEqual({});
  expect(Object.keys(await rowsOf(idsOf(stay)))).toEqual(places);
  await expectWhole(stay);
  expect(await purge()).toEqual({ people: 0, rows: 0, buckets: 0, overdue: 0 });
});

test('what was sent to somebody keeps nobody, and what somebody wrote does', async () => {
  const [answered, wrote] = (await insert({ count: 2, days: 89 })) as [SilentPerson, SilentPerson];
  await sql`UPDATE mayfly.deliveries SET created_at = now() WHERE subject_id = ${answered.id}`.execute(
    db,
  );
  await sql`UPDATE mayfly.replies SET created_at = now() WHERE subject_id = ${answered.id}`.execute(
    db,
  );
  expect(await write(wrote)).toBe(wrote.id);
  await purge();
  expect(await rowsOf([answered.id])).toEqual({});
  expect((await rowsOf([wrote.id]))['mayfly.messages']).toBe(2);
  await expectWhole([wrote]);
});

test('a copy of keys and identifiers from before the purge opens and finds nobody', async () => {
  const [person] = (await insert({ count: 1, days: 89 })) as [SilentPerson];
  const keys = await db
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('subject_id', '=', person.id)
    .execute();
  const identifiers = await db
    .selectFrom('keys.identifiers')
    .selectAll()
    .where('subject_id', '=', person.id)
    .execute();
  const subject = await db
    .selectFrom('mayfly.subjects')
    .selectAll()
    .where('id', '=', person.id)
    .executeTakeFirstOrThrow();
  await purge();
  // As from a backup.
  await db.insertInto('mayfly.subjects').values(subject).execute();
  await db.insertInto('keys.subject_keys').values(keys).execute();
  await db.insertInto('keys.identifiers').values(identifiers).execute();
  const found = await inTransaction(db, (trx) => people.find(trx, person.reference));
  expect(found).toBeNull();
  await expect(inTransaction(db, (trx) => people.cipher(trx, person.id))).rejects.toThrow(
    'did not open',
  );
  await purge();
  expect(await rowsOf([person.id])).toEqual({});
});

test('killed at any step, a purge is finished by the next one: nobody is lost, nobody stays, no old key survives', async () => {
  const stay = await insert({ count: 2, days: 1, bucket: 9 });
  let step = 1;
  for (let isFinished = false; !isFinished; step += 1) {
    const go = await insert({ count: 1, days: 89, bucket: 9 });
    const versions = EVERY_BUCKET.map((bucket) => ring.bucketKeys(bucket)[0].version);
    const held = await db
      .selectFrom('keys.identifiers')
      .select('bucket')
      .where('subject_id', 'in', idsOf(go))
      .execute();
    const deadly = deadlyStep(db, ring, step);
    isFinished = await purge(deadly.db, deadly.ring).then(
      () => true,
      (error: unknown) => {
        expect(String(error)).toContain('killed');
        return false;
      },
    );
    await purge();
    expect(await rowsOf(idsOf(go))).toEqual({});
    for (const bucket of [9, ...held.map((row) => row.bucket)]) {
      const keys = ring.bucketKeys(bucket);
      expect(keys).toHaveLength(1);
      expect(keys[0].version).toBeGreaterThan(versions[bucket] ?? 0n);
    }
  }
  expect(step).toBeGreaterThan(50);
  await expectWhole(stay);
  expect(await sql`SELECT FROM keys.departures`.execute(db)).toMatchObject({ rows: [] });
}, 300_000);

test('what a run did is counted once, also when it was killed in between', async () => {
  const go = await insert({ count: 4, days: 89 });
  const purgeId = randomUUID();
  for (let step = 5; ; step += 7) {
    const deadly = deadlyStep(db, ring, step);
    const report = await purge(deadly.db, deadly.ring, purgeId).catch(() => null);
    if (report === null) continue;
    expect(report).toMatchObject({ people: go.length, rows: go.length * 6 });
    expect(await finishPurge(db, { purgeId, overdue: 0 })).toEqual(report);
    break;
  }
  const { rows } = await sql<{ count: number }>`SELECT count(*)::integer AS count FROM mayfly.ledger
    WHERE action = 'erased' AND details @> ${JSON.stringify({ cause: 'retention', people: 4, rows: 24 })}`.execute(
    db,
  );
  expect(rows[0]?.count).toBe(1);
});

test('a message that is being stored while the purge comes keeps its person', async () => {
  const [person, other] = (await insert({ count: 2, days: 89, bucket: 11 })) as [
    SilentPerson,
    SilentPerson,
  ];
  let purging: Promise<unknown> = Promise.resolve();
  await inTransaction(db, async (trx) => {
    const cipher = await people.findOrCreate(trx, person.reference, new Date());
    purging = purge();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await storeMessages(trx, cipher, [message('wait for me')]);
  });
  await purging;
  await expectWhole([person]);
  expect(await rowsOf([other.id])).toEqual({});
});

test('no message that was acknowledged is lost to a purge that runs meanwhile', async () => {
  const persons = await insertSilentPeople(db, ring, { count: 60, days: 89 });
  const writing = persons.map(async (person, place) => {
    await new Promise((resolve) => setTimeout(resolve, place * 5));
    // Meta repeats a webhook that was refused.
    for (;;) {
      const kept = await write(person).catch(() => null);
      if (kept !== null) return kept;
    }
  });
  await purge();
  const kept = await Promise.all(writing);
  await purge();
  const { rows } = await sql<{ id: string }>`SELECT DISTINCT subject_id AS id FROM mayfly.messages
    WHERE subject_id = ANY(${kept}::uuid[]) AND sent_at > now() - interval '1 hour'`.execute(db);
  expect(rows).toHaveLength(persons.length);
  for (const [place, { reference }] of persons.entries()) {
    const found = await inTransaction(db, (trx) => people.find(trx, reference));
    expect(found?.subjectId).toBe(kept[place]);
  }
});

test('somebody who is being erased on request is left to that erasure', async () => {
  const [person] = (await insert({ count: 1, days: 89 })) as [SilentPerson];
  await sql`UPDATE mayfly.subjects SET erasing_at = now(), erasing_buckets = '{1}' WHERE id = ${person.id}`.execute(
    db,
  );
  await purge();
  expect(Object.keys(await rowsOf([person.id]))).toHaveLength(8);
  await sql`UPDATE mayfly.subjects SET erasing_at = NULL, erasing_buckets = NULL WHERE id = ${person.id}`.execute(
    db,
  );
  await purge();
});

test('people whose keys are gone already, as after a restore, go with their 88th day too', async () => {
  const [old, young] = [await insert({ days: 89 }), await insert({ days: 3 })];
  await sql`DELETE FROM keys.subject_keys WHERE subject_id = ANY(${[...idsOf(old), ...idsOf(young)]}::uuid[])`.execute(
    db,
  );
  await purge();
  expect(await rowsOf(idsOf(old))).toEqual({});
  expect(await rowsOf(idsOf(young))).toMatchObject({ 'mayfly.subjects': 3, 'mayfly.messages': 3 });
});

test('identifiers and keys that lead to nobody go, and those of others stay', async () => {
  const [stray, person] = [randomUUID(), ...(await insert({ count: 1, days: 1 }))] as [
    string,
    SilentPerson,
  ];
  await db
    .insertInto('keys.identifiers')
    .values({
      bucket: 5,
      bucket_version: '1',
      block: Buffer.alloc(16),
      subject_id: stray,
      kind: 'whatsapp phone',
    })
    .execute();
  await db
    .insertInto('keys.subject_keys')
    .values({ subject_id: stray, bucket: 5, bucket_version: '1', wrapped_key: Buffer.alloc(8) })
    .execute();
  expect(await clearLeftovers(db, [6])).toBe(0);
  expect(await clearLeftovers(db, [5])).toBe(2);
  expect(await rowsOf([stray])).toEqual({});
  await expectWhole([person]);
  await purge();
});

test('contact data that a closed request still has goes, with its key, and an open request keeps its own', async () => {
  const request = () => {
    const facts = {
      right: 'erasure',
      intake: 'form',
      receivedAt: new Date(),
      phrase: null,
      accounts: ['whatsapp'],
    } as const;
    const contact = { whatsapp: '+15550100000' };
    return inTransaction(db, (trx) =>
      createRequest(trx, people, { ...facts, codeHash: Buffer.from(randomUUID()), contact }),
    );
  };
  const [open, closed] = [await request(), await request()];
  await sql`UPDATE mayfly.requests SET closed_at = now() WHERE id = ${closed.requestId}`.execute(
    db,
  );
  const key = await db
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('subject_id', '=', closed.requestId)
    .executeTakeFirstOrThrow();
  await purge();
  const contacts = await db
    .selectFrom('mayfly.requests')
    .select(['id', 'sealed_contact'])
    .execute();
  expect(contacts.find(({ id }) => id === closed.requestId)?.sealed_contact).toBeNull();
  expect(contacts.find(({ id }) => id === open.requestId)?.sealed_contact).not.toBeNull();
  expect(await rowsOf([closed.requestId])).toEqual({});
  await inTransaction(db, (trx) => people.cipher(trx, open.requestId));
  await db.insertInto('keys.subject_keys').values(key).execute();
  await expect(inTransaction(db, (trx) => people.cipher(trx, closed.requestId))).rejects.toThrow(
    'did not open',
  );
});

test('a bucket whose key was replaced since somebody left it does not get another one', async () => {
  await purge();
  const [person] = (await insert({ count: 1, days: 1, bucket: 13 })) as [SilentPerson];
  await sql`DELETE FROM keys.subject_keys WHERE subject_id = ${person.id}`.execute(db);
  await rewrapBucket(db, ring, 13);
  const [{ version }] = ring.bucketKeys(13);
  expect(await purge()).toMatchObject({ buckets: 0 });
  expect(ring.bucketKeys(13)[0].version).toBe(version);
  expect(await sql`SELECT FROM keys.departures`.execute(db)).toMatchObject({ rows: [] });
});

test('a place that the inventory does not know holds the purge up, and it says where', async () => {
  const [person] = (await insert({ count: 1, days: 89 })) as [SilentPerson];
  await sql`CREATE TABLE mayfly.forgotten (whose uuid)`.execute(db);
  await sql`INSERT INTO mayfly.forgotten VALUES (${person.id})`.execute(db);
  await expect(purge()).rejects.toThrow('The rescan still finds: mayfly.forgotten.whose.');
  expect(await rowsOf([person.id])).toEqual({ 'mayfly.subjects': 1 });
  await sql`DROP TABLE mayfly.forgotten`.execute(db);
  await purge();
  expect(await findTaken(db, 1)).toEqual([]);
});

test('a group of people that cannot go holds up no other', async () => {
  const ids = idsOf(await insert({ count: 1_001, days: 89 })).sort();
  await sql`CREATE TABLE mayfly.forgotten (whose uuid)`.execute(db);
  await sql`INSERT INTO mayfly.forgotten VALUES (${ids[0]})`.execute(db);
  await expect(purge()).rejects.toThrow('mayfly.forgotten.whose');
  expect(await rowsOf(ids)).toEqual({ 'mayfly.subjects': 1_000 });
  expect(await rowsOf(ids.slice(-1))).toEqual({});
  await sql`DROP TABLE mayfly.forgotten`.execute(db);
  expect(await purge()).toMatchObject({ people: 1_000 });
});

test.each([
  ['wrote 91 days ago, whatever their row says', 91, 1],
  ['wrote 89 days ago, whatever their row says', 89, 0],
])('the second query finds %s', async (_case, days, overdue) => {
  const [person] = (await insert({ count: 1, days })) as [SilentPerson];
  await sql`UPDATE mayfly.subjects SET last_inbound_at = now() WHERE id = ${person.id}`.execute(db);
  expect(await purge()).toMatchObject({ people: 0, overdue });
  const { rows } = await sql<{
    found: number;
  }>`SELECT (details->>'found')::integer AS found FROM mayfly.ledger
    WHERE action = 'rescan' ORDER BY position DESC LIMIT 1`.execute(db);
  expect(rows).toEqual([{ found: overdue }]);
  await sql`UPDATE mayfly.subjects SET last_inbound_at = now() - interval '89 days' WHERE id = ${person.id}`.execute(
    db,
  );
  expect(await purge()).toMatchObject({ people: 1, overdue: 0 });
});

test.each(['mayfly.messages', 'mayfly.deliveries', 'mayfly.replies', 'mayfly.sessions'])(
  'the second query finds somebody of whom an old row is left in %s alone',
  async (left) => {
    const [person] = (await insert({ count: 1, days: 91 })) as [SilentPerson];
    await sql`UPDATE mayfly.subjects SET last_inbound_at = now() WHERE id = ${person.id}`.execute(
      db,
    );
    await sql`UPDATE mayfly.messages SET reply_id = NULL, session_id = NULL WHERE subject_id = ${person.id}`.execute(
      db,
    );
    const needed = left === 'mayfly.deliveries' ? ['mayfly.replies', left] : [left];
    for (const table of [
      'mayfly.deliveries',
      'mayfly.messages',
      'mayfly.replies',
      'mayfly.sessions',
    ]) {
      if (needed.includes(table)) continue;
      if (table === 'mayfly.sessions')
        await sql`UPDATE mayfly.replies SET session_id = NULL WHERE subject_id = ${person.id}`.execute(
          db,
        );
      await sql`DELETE FROM ${sql.table(table)} WHERE subject_id = ${person.id}`.execute(db);
    }
    if (left === 'mayfly.deliveries')
      await sql`UPDATE mayfly.replies SET created_at = now() WHERE subject_id = ${person.id}`.execute(
        db,
      );
    expect(await overdueNow()).toBe(1);
    await sql`UPDATE mayfly.subjects SET last_inbound_at = now() - interval '89 days' WHERE id = ${person.id}`.execute(
      db,
    );
    await purge();
  },
);

test("old messages of somebody who still writes are nobody's overdue rows", async () => {
  const [person] = (await insert({ count: 1, days: 200 })) as [SilentPerson];
  await write(person);
  expect(await purge()).toMatchObject({ people: 0, overdue: 0 });
});
