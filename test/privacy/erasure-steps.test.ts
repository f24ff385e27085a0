import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { DefaultLogger } from '@temporalio/worker';
import { sql } from 'kysely';
import { createErasureActivities } from '../../activities/erasure-activities.ts';
import type { ErasureActivities } from '../../activities/erasure-activities.ts';
import { findBuried } from '../../api/webhooks/find-buried.ts';
import type { WebhookEvent } from '../../domain/events.ts';
import { SealBroken } from '../../lib/crypto/envelope.ts';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { openBlock } from '../../lib/crypto/rewrap.ts';
import { openSubjectKey } from '../../lib/crypto/subject-cipher.ts';
import { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import type { Database } from '../../store/database.ts';
import { fenceSubject } from '../../store/erasure/erasure.ts';
import { storeMessages } from '../../store/conversation/inbox.ts';
import { People } from '../../store/people/people.ts';
import { Tombstones } from '../../store/erasure/tombstones.ts';
import { inTransaction } from '../../store/transaction.ts';
import { deadlyStep } from '../support/deadly-step.ts';
import { insertSilentPeople } from '../support/silent-people.ts';
import type { SilentPerson } from '../support/silent-people.ts';
import { createStorage } from '../support/storage.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const logger = new DefaultLogger('ERROR');
const { db, ring } = await createStorage();
const noCache = () => new SubjectKeyCache({ capacity: 1, now: () => Infinity });
const people = new People({ ring, cache: noCache() });
const tombstones = new Tombstones(ring);
const erasureListFile = join(temporaryFolder(), 'erasure-list');

/** Nobody here has a conversation that runs. */
const noConversations = {
  options: { namespace: 'none' },
  workflow: {
    list: async function* () {
      // There is nothing to list.
    },
    count: async () => ({ count: 0, groups: [] }),
    getHandle: () => ({
      describe: () => Promise.reject(new WorkflowNotFoundError('not here', 'none', undefined)),
    }),
  },
} as unknown as Client;

const activitiesOf = (database: Database, keys: KeyRing): ErasureActivities =>
  createErasureActivities({
    db: database,
    ring: keys,
    cache: noCache(),
    tombstones: new Tombstones(keys),
    erasureListFile,
    conversations: noConversations,
  });
const run = <Input, Output>(
  activity: (input: Input) => Promise<Output>,
  input: Input,
): Promise<Output> => new MockActivityEnvironment({}, { logger }).run(activity, input);

/** The steps of an erasure as the workflow takes them; `again` says what is done about one that fails. */
async function erase(
  subjectId: string,
  act: () => ErasureActivities,
  again: <T>(step: () => Promise<T>) => Promise<T>,
) {
  const fence = await again(() => run(act().fence, { subjectId }));
  await again(() => run(act().beginDestroying, { subjectId }));
  await again(() => run(act().endExecutions, { subjectId }));
  const { keysReplaced } = await again(() =>
    run(act().destroyKey, { subjectId, buckets: fence?.buckets ?? [] }),
  );
  await again(() => run(act().eraseEveryRow, { subjectId }));
  await again(() => run(act().untilExecutionsGone, { subjectId }));
  const { counts } = await again(() => run(act().rescanStores, { subjectId, keysReplaced }));
  return { fence, counts };
}

const healthy = () => activitiesOf(db, ring);
const eraseInOneGo = (subjectId: string) => erase(subjectId, healthy, (step) => step());

/** Everybody's key lies in one bucket, so that whoever is erased leaves all others of them behind. */
const pool = await insertSilentPeople(db, ring, { count: 160, days: 1, bucket: 7 });

const copiesOf = async (subjectId: string) => ({
  key: await db
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .executeTakeFirstOrThrow(),
  aliases: await db
    .selectFrom('keys.identifiers')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .execute(),
});

/** Two who share a bucket of their keys with the victim, and whoever shares one of their identifiers. */
async function neighboursOf(
  victim: SilentPerson,
  others: readonly SilentPerson[],
): Promise<SilentPerson[]> {
  const { aliases } = await copiesOf(victim.id);
  const buckets = aliases.map(({ bucket }) => bucket);
  const rows = await db
    .selectFrom('keys.identifiers')
    .select('subject_id')
    .where('bucket', 'in', buckets)
    .execute();
  const ids = rows.map(({ subject_id }) => subject_id);
  return [...others.slice(0, 2), ...others.filter(({ id }) => ids.includes(id))];
}

async function expectWhole(persons: readonly SilentPerson[]): Promise<void> {
  for (const { id, reference, messageId } of persons) {
    await inTransaction(db, async (trx) => {
      for (const identifier of reference.identifiers) {
        expect(
          (await people.find(trx, { ...reference, identifiers: [identifier] }))?.subjectId,
        ).toBe(id);
      }
      const row = await trx
        .selectFrom('mayfly.messages')
        .select('sealed_text')
        .where('id', '=', messageId)
        .executeTakeFirstOrThrow();
      const cipher = await people.cipher(trx, id);
      expect(
        cipher.open('messages.sealed_text', messageId, row.sealed_text ?? Buffer.alloc(0)),
      ).toContain('hello');
    });
  }
}

/** Copied keys and blocks open with none of the keys that there are now. */
function expectNoise({ key, aliases }: Awaited<ReturnType<typeof copiesOf>>): void {
  for (const { version } of ring.bucketKeys(key.bucket)) {
    for (const claimed of [version, BigInt(key.bucket_version)]) {
      const wrapped = { bucket: key.bucket, version: claimed, wrapped: key.wrapped_key };
      expect(() => openSubjectKey(ring, key.subject_id, wrapped)).toThrow(SealBroken);
    }
  }
  for (const { bucket, bucket_version: version, block } of aliases) {
    expect(() => openBlock(ring, { bucket, version: BigInt(version), block })).toThrow(SealBroken);
  }
}

async function expectGone(subjectId: string): Promise<void> {
  const { counts } = await run(healthy().rescanStores, { subjectId });
  expect(counts.every(({ count }) => count === 0)).toBe(true);
  expect(counts.length).toBeGreaterThan(15);
}

test.each([
  { repeated: 'the same activity', every: 1 },
  { repeated: 'the whole workflow', every: 2 },
])(
  'an erasure that is killed at any step, and goes on by starting $repeated again, ends once, and loses nobody else',
  async ({ repeated, every }) => {
    let step = 0;
    let wasKilled = true;
    while (wasKilled) {
      step += every;
      wasKilled = false;
      const victim = pool.pop();
      if (victim === undefined) throw new Error('there is nobody left to erase');
      const copies = await copiesOf(victim.id);
      const neighbours = await neighboursOf(victim, pool);
      const dying = deadlyStep(db, ring, step);
      let act = () => activitiesOf(dying.db, dying.ring);
      const revive = (error: unknown) => {
        if (!String(error).includes('killed') && !String((error as Error).cause).includes('killed'))
          throw error;
        wasKilled = true;
        act = healthy;
      };
      if (repeated === 'the same activity') {
        const { fence } = await erase(
          victim.id,
          () => act(),
          (work) => work().catch((error: unknown) => (revive(error), work())),
        );
        expect(fence?.held).toContainEqual({ store: 'messages', count: 1 });
        expect(fence?.buckets).toContain(7);
      } else {
        const { fence } = await erase(
          victim.id,
          () => act(),
          (work) => work(),
        ).catch((error: unknown) => (revive(error), eraseInOneGo(victim.id)));
        // Whatever the first run destroyed before it was killed, the second certifies all that was there.
        expect(fence?.held).toContainEqual({ store: 'messages', count: 1 });
        expect(fence?.held).toContainEqual({ store: 'subjects', count: 1 });
        expect(fence?.buckets).toContain(7);
      }
      await expectGone(victim.id);
      expectNoise(copies);
      await expectWhole(neighbours);
      expect(ring.bucketKeys(7)).toHaveLength(1);
    }
    expect(step).toBeGreaterThan(40);
  },
);

test('P-D2: an erasure that is repeated from its beginning tells what the first run found, no more and no less', async () => {
  const [victim, ...others] = await insertSilentPeople(db, ring, { count: 3, days: 1, bucket: 9 });
  const { fence: first } = await eraseInOneGo(victim?.id ?? '');
  const { fence, counts } = await eraseInOneGo(victim?.id ?? '');
  expect(fence).toEqual(first);
  expect(fence?.held).toContainEqual({ store: 'messages', count: 1 });
  expect(fence?.lastModelCallMs).toBeNull();
  expect(fence?.lastMetaUse.channel).toBe('whatsapp');
  expect(counts.every(({ count }) => count === 0)).toBe(true);
  await expectWhole(others);
});

/** A ring whose process dies between moving the rows of this bucket to a new key and overwriting the old one. */
const dyingAtOverwrite = (bucket: number): KeyRing => ({
  bucketKeys: (one) => ring.bucketKeys(one),
  secret: (name) => ring.secret(name),
  addVersion: (one) => ring.addVersion(one),
  destroyOldVersions: (one) => {
    if (one === bucket) throw new Error('killed');
    ring.destroyOldVersions(one);
  },
  dayKeys: () => ring.dayKeys(),
  ensureDayKey: (day) => ring.ensureDayKey(day),
  destroyDayKeysBefore: (day) => ring.destroyDayKeysBefore(day),
});

test('P-D3: a key that a killed erasure made is never taken for that of the next one: what both left in old copies is noise', async () => {
  const [first, second, ...others] = (await insertSilentPeople(db, ring, {
    ...{ count: 4, days: 1, bucket: 11 },
  })) as [SilentPerson, SilentPerson, SilentPerson, SilentPerson];
  const firstCopies = await copiesOf(first.id);
  const dying = () => activitiesOf(db, dyingAtOverwrite(11));
  await expect(erase(first.id, dying, (step) => step())).rejects.toThrow('killed');
  // Copied now, the second's key lies under the one that the first's erasure made.
  const secondCopies = await copiesOf(second.id);
  expect(secondCopies.key.bucket_version).not.toBe(firstCopies.key.bucket_version);
  await eraseInOneGo(second.id);
  expectNoise(secondCopies);
  await eraseInOneGo(first.id);
  expectNoise(firstCopies);
  await expectWhole(others);
});

test('P-D3: an erasure does not end while the ring still holds a key that opens what the person left in old copies', async () => {
  const [victim] = await insertSilentPeople(db, ring, { count: 1, days: 1, bucket: 12 });
  const subjectId = victim?.id ?? '';
  const fence = await run(healthy().fence, { subjectId });
  const [{ version }] = ring.bucketKeys(12);
  const keysReplaced = [{ bucket: 12, version: Number(version) }];
  await run(healthy().eraseEveryRow, { subjectId });
  // As after a disk that said it had overwritten the old key, and had not.
  ring.addVersion(12);
  await expect(run(healthy().rescanStores, { subjectId, keysReplaced })).rejects.toThrow(
    'The rescan still finds: old keys of the buckets.',
  );
  await run(healthy().destroyKey, { subjectId, buckets: fence?.buckets ?? [] });
  await run(healthy().rescanStores, { subjectId, keysReplaced });
});

test('a store that cannot be emptied is named, the rest of the work is kept, and all goes once it can', async () => {
  const [victim] = await insertSilentPeople(db, ring, { count: 1, days: 1 });
  const subjectId = victim?.id ?? '';
  await sql`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken''; END'`.execute(
    db,
  );
  await sql`CREATE TRIGGER broken BEFORE DELETE ON mayfly.sessions EXECUTE FUNCTION broken()`.execute(
    db,
  );
  await expect(eraseInOneGo(subjectId)).rejects.toThrow(
    'The store "sessions" could not be emptied',
  );
  await expect(run(healthy().rescanStores, { subjectId })).rejects.toThrow(
    /sessions by subject id, subjects by id/,
  );
  await sql`DROP TRIGGER broken ON mayfly.sessions`.execute(db);
  await eraseInOneGo(subjectId);
  await expectGone(subjectId);
});

test('the rescan finds a row that no eraser knows of, and the erasure does not end', async () => {
  const [victim] = await insertSilentPeople(db, ring, { count: 1, days: 1 });
  const subjectId = victim?.id ?? '';
  await sql`CREATE TABLE mayfly.forgotten (whose uuid)`.execute(db);
  await sql`INSERT INTO mayfly.forgotten VALUES (${subjectId})`.execute(db);
  await expect(eraseInOneGo(subjectId)).rejects.toThrow(
    'The rescan still finds: forgotten by whose.',
  );
  await sql`DROP TABLE mayfly.forgotten`.execute(db);
  await eraseInOneGo(subjectId);
});

const message = (at = new Date()) => ({
  providerId: randomUUID(),
  at,
  content: { kind: 'text', text: 'hello' } as const,
  address: { kind: 'whatsapp phone', value: '+15550100000' } as const,
});

/** What a webhook does. */
const write = ({ reference }: SilentPerson, words = message()) =>
  inTransaction(db, async (trx) => {
    const cipher = await people.findOrCreate(trx, reference, words.at);
    await storeMessages(trx, cipher, [words]);
    return cipher.subjectId;
  });

test('messages that come while the fence goes up are either counted behind it or of a new person', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [victim] = (await insertSilentPeople(db, ring, { count: 1, days: 1 })) as [SilentPerson];
    const writing = Array.from({ length: 6 }, () => write(victim));
    const fence = await run(healthy().fence, { subjectId: victim.id });
    const owners = [...(await Promise.all(writing)), await write(victim)];
    const toOld = owners.filter((id) => id === victim.id).length;
    expect(fence?.held).toContainEqual({ store: 'messages', count: 1 + toOld });
    expect(new Set(owners.filter((id) => id !== victim.id)).size).toBe(1);
    await eraseInOneGo(victim.id);
    const newcomer = owners.at(-1) ?? '';
    expect(newcomer).not.toBe(victim.id);
    expect(await write(victim)).toBe(newcomer);
    await expectGone(victim.id);
  }
});

const event = (
  { reference }: SilentPerson,
  { providerId, at, content }: ReturnType<typeof message>,
): WebhookEvent => ({
  type: 'message',
  person: reference,
  providerId,
  at,
  content,
});
const buried = (events: WebhookEvent[]) =>
  inTransaction(db, async (trx) => [...(await findBuried(trx, tombstones, events))]);
const fenceAsOf = (subjectId: string, at: Date) =>
  inTransaction(db, (trx) => fenceSubject(trx, tombstones, subjectId, at));

test('of the second of the erasure, the messages that we had are old ones, and others are new ones', async () => {
  const [victim] = (await insertSilentPeople(db, ring, { count: 1, days: 1 })) as [SilentPerson];
  const second = new Date(Math.floor(Date.now() / 1000) * 1000);
  const known = message(second);
  await write(victim, known);
  await fenceAsOf(victim.id, new Date(second.getTime() + 400));
  const [repeated, unknown] = [event(victim, known), event(victim, message(second))];
  const before = event(victim, message(new Date(second.getTime() - 1000)));
  const unsent: WebhookEvent = {
    type: 'message unsent',
    person: victim.reference,
    providerId: 'x',
    at: second,
  };
  const after = event(victim, message(new Date(second.getTime() + 1000)));
  expect(await buried([repeated, unknown, before, unsent, after])).toEqual([
    repeated,
    before,
    unsent,
  ]);
});

test('who is erased twice on one day is guarded against messages from before the second time', async () => {
  const [victim] = (await insertSilentPeople(db, ring, { count: 1, days: 1 })) as [SilentPerson];
  const noon = Date.now() - 60_000;
  await fenceAsOf(victim.id, new Date(noon));
  await eraseInOneGo(victim.id);
  const again = await write(victim);
  await fenceAsOf(again, new Date(noon + 30_000));
  const between = event(victim, message(new Date(noon + 20_000)));
  const after = event(victim, message(new Date(noon + 40_000)));
  expect(await buried([between, after])).toEqual([between]);
});

test('after eight days nothing of the guard is left, and its key is gone', async () => {
  const [victim] = (await insertSilentPeople(db, ring, { count: 1, days: 1 })) as [SilentPerson];
  await eraseInOneGo(victim.id);
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
  await tombstones.clear(db, inDays(7));
  expect(ring.dayKeys()).toHaveLength(1);
  expect(await tombstones.clear(db, inDays(9))).toBeGreaterThan(0);
  expect(ring.dayKeys()).toEqual([]);
  expect(await db.selectFrom('mayfly.tombstones').select('day').execute()).toEqual([]);
});
