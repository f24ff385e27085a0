import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { PersonReference } from '../../../domain/events.ts';
import { createKeyRing, FileKeyRing } from '../../../lib/crypto/file-key-ring.ts';
import type { KeyRing } from '../../../lib/crypto/key-ring.ts';
import { SubjectKeyCache } from '../../../lib/crypto/subject-key-cache.ts';
import { connectDatabase } from '../../../store/database.ts';
import { People } from '../../../store/people/people.ts';
import { rewrapBucket } from '../../../store/keys/rewrap-bucket.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { testDatabase } from '../../support/test-postgres.ts';

const folder = temporaryFolder();
const paths = { ringFile: join(folder, 'ring'), rootKeyFile: join(folder, 'root') };
createKeyRing(paths);
const ring = FileKeyRing.open(paths);
const database = await testDatabase();
const { db } = connectDatabase({
  connectionString: database.connectionString,
  maxConnections: 8,
  onIdleError: () => undefined,
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
  ring.close();
});

/** No cache, so that every look-up opens the key anew. */
const peopleOf = (keys: KeyRing) =>
  new People({ ring: keys, cache: new SubjectKeyCache({ capacity: 1, now: () => Infinity }) });
const people = peopleOf(ring);
let count = 0;

function newPerson(): PersonReference {
  count += 1;
  return {
    channel: 'whatsapp',
    account: 'a',
    identifiers: [{ kind: 'whatsapp phone', value: `+1555020${count}` }],
  };
}

const meet = (person: PersonReference) =>
  inTransaction(db, (trx) => people.findOrCreate(trx, person, new Date()));
const find = (person: PersonReference) => inTransaction(db, (trx) => people.find(trx, person));

async function bucketsOf(subjectId: string): Promise<number[]> {
  const key = await db
    .selectFrom('keys.subject_keys')
    .select('bucket')
    .where('subject_id', '=', subjectId)
    .executeTakeFirstOrThrow();
  const aliases = await db
    .selectFrom('keys.identifiers')
    .select('bucket')
    .where('subject_id', '=', subjectId)
    .execute();
  return [key.bucket, ...aliases.map(({ bucket }) => bucket)];
}

test('after a rewrap every survivor is found by their identifier and opens what was sealed before', async () => {
  const persons = Array.from({ length: 30 }, newPerson);
  const row = randomUUID();
  const sealed = new Map<PersonReference, { id: string; value: Buffer }>();
  for (const person of persons) {
    const cipher = await meet(person);
    sealed.set(person, {
      id: cipher.subjectId,
      value: cipher.seal('messages.sealed_text', row, 'kept'),
    });
  }
  const buckets = new Set(
    (await Promise.all([...sealed.values()].map(({ id }) => bucketsOf(id)))).flat(),
  );
  for (const bucket of buckets) await rewrapBucket(db, ring, bucket);
  for (const [person, { id, value }] of sealed) {
    const cipher = await find(person);
    expect(cipher?.subjectId).toBe(id);
    expect(cipher?.open('messages.sealed_text', row, value)).toBe('kept');
  }
});

test('a wrapped key and an identifier block copied before the rewrap open and match nothing afterwards', async () => {
  const person = newPerson();
  const { subjectId } = await meet(person);
  const keys = await db
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .execute();
  const identifiers = await db
    .selectFrom('keys.identifiers')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .execute();
  await db.deleteFrom('keys.identifiers').where('subject_id', '=', subjectId).execute();
  await db.deleteFrom('keys.subject_keys').where('subject_id', '=', subjectId).execute();
  for (const { bucket } of [...keys, ...identifiers]) await rewrapBucket(db, ring, bucket);
  // As from a backup.
  await db.insertInto('keys.subject_keys').values(keys).execute();
  await db.insertInto('keys.identifiers').values(identifiers).execute();
  expect(await find(person)).toBeNull();
  await expect(inTransaction(db, (trx) => people.cipher(trx, subjectId))).rejects.toThrow(
    'did not open',
  );
  await db.deleteFrom('keys.identifiers').where('subject_id', '=', subjectId).execute();
  await db.deleteFrom('keys.subject_keys').where('subject_id', '=', subjectId).execute();
});

/** A ring whose process dies at one step: the call is made, or not, and then nothing more happens. */
function dying(
  at: 'before new key' | 'after new key' | 'before destroying' | 'after destroying',
): KeyRing {
  const died = () => {
    throw new Error('killed');
  };
  return {
    bucketKeys: (bucket) => ring.bucketKeys(bucket),
    secret: (name) => ring.secret(name),
    dayKeys: () => ring.dayKeys(),
    ensureDayKey: (day) => ring.ensureDayKey(day),
    destroyDayKeysBefore: (day) => ring.destroyDayKeysBefore(day),
    addVersion: (bucket) => {
      if (at === 'before new key') return died();
      const added = ring.addVersion(bucket);
      return at === 'after new key' ? died() : added;
    },
    destroyOldVersions: (bucket) => {
      if (at === 'before destroying') died();
      ring.destroyOldVersions(bucket);
      if (at === 'after destroying') died();
    },
  };
}

test.each(['before new key', 'after new key', 'before destroying', 'after destroying'] as const)(
  'a rewrap killed %s is finished by the next one, and nobody is lost',
  async (at) => {
    const person = newPerson();
    const { subjectId } = await meet(person);
    const [bucket = 0] = await bucketsOf(subjectId);
    await expect(rewrapBucket(db, dying(at), bucket)).rejects.toThrow('killed');
    expect((await find(person))?.subjectId).toBe(subjectId);
    const [{ version: before }] = ring.bucketKeys(bucket);
    await rewrapBucket(db, ring, bucket);
    expect(ring.bucketKeys(bucket)).toHaveLength(1);
    expect(ring.bucketKeys(bucket)[0].version).toBeGreaterThanOrEqual(before);
    expect((await find(person))?.subjectId).toBe(subjectId);
  },
);

test('people who arrive and are looked up while their buckets are rewrapped are never lost', async () => {
  const persons = Array.from({ length: 40 }, newPerson);
  const known = await Promise.all(
    persons.slice(0, 20).map(async (person) => ({ person, id: (await meet(person)).subjectId })),
  );
  const buckets = [...new Set((await Promise.all(known.map(({ id }) => bucketsOf(id)))).flat())];
  const [ids] = await Promise.all([
    Promise.all(persons.map(async (person) => (await meet(person)).subjectId)),
    (async () => {
      for (const bucket of buckets) await rewrapBucket(db, ring, bucket);
    })(),
  ]);
  expect(new Set(ids).size).toBe(40);
  for (const [index, person] of persons.entries())
    expect((await find(person))?.subjectId).toBe(ids[index]);
});

test('several rewraps of one bucket at once lose nobody', async () => {
  const person = newPerson();
  const { subjectId } = await meet(person);
  const [bucket = 0] = await bucketsOf(subjectId);
  const again = async () => {
    for (let round = 0; round < 25; round += 1) await rewrapBucket(db, ring, bucket);
  };
  await Promise.all([again(), again(), again(), again()]);
  expect((await find(person))?.subjectId).toBe(subjectId);
  expect(ring.bucketKeys(bucket)).toHaveLength(1);
});
