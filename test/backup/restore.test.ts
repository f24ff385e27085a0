import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { SealBroken } from '../../lib/crypto/envelope.ts';
import { BUCKETS } from '../../lib/crypto/key-ring.ts';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { openSubjectKey } from '../../lib/crypto/subject-cipher.ts';
import { appendErasure } from '../../lib/erasure-list.ts';
import { deleteKeys } from '../../store/erasure/erasure.ts';
import { rewrapBucket } from '../../store/keys/rewrap-bucket.ts';
import { unfinishedRestore } from '../../store/erasure/restores.ts';
import { dyingDisk } from '../support/dying-disk.ts';
import { createPlace, HOUR_MS, TEXT } from './place.ts';

const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

test('data beside the keys that are there: survivors are read, also after their buckets got new keys; who was erased since, or came since, is not there', async () => {
  const place = await createPlace();
  const [gone, ...others] = await place.add(12);
  const folder = await place.backup();
  await place.erase(gone!.id);
  const used = await place
    .db()
    .selectFrom('keys.subject_keys')
    .select('bucket')
    .distinct()
    .limit(6)
    .execute();
  for (const { bucket } of used) await rewrapBucket(place.db(), place.ring(), bucket);
  const [late] = await place.add(1);
  const restored = await place.restore({ folder, replaces: true });
  expect(restored).toEqual({ erasedAgain: 1, keys: 11, lostEntries: 0 });
  for (const person of others) expect(await place.read(person)).toBe(TEXT);
  expect(await place.read(gone!)).toBeNull();
  expect(await place.isGuarded(gone!)).toBe(true);
  expect(await place.read(late!)).toBeNull();
  expect(await unfinishedRestore(place.db())).toBeNull();
  const left = await place.db().selectFrom('keys.identifiers').select('subject_id').execute();
  expect(new Set(left.map(({ subject_id: id }) => id))).toEqual(
    new Set(others.map(({ id }) => id)),
  );
});

test('the database is lost, the ring is not: data and keys come back, and who was erased since stays away, guarded', async () => {
  const place = await createPlace();
  const [gone, ...others] = await place.add(6);
  const folder = await place.backup();
  await place.erase(gone!.id);
  await place.loseDatabase();
  expect(await place.restore({ folder })).toMatchObject({ erasedAgain: 1, keys: 5 });
  for (const person of others) expect(await place.read(person)).toBe(TEXT);
  expect(await place.read(gone!)).toBeNull();
  expect(await place.isGuarded(gone!)).toBe(true);
  // The keys that the ring had before open nothing any more.
  for (let bucket = 0; bucket < BUCKETS; bucket += 1)
    expect(place.ring().bucketKeys(bucket)).toHaveLength(1);
});

test('everything but the backup, its key and the list of erasures is lost: survivors are found and read', async () => {
  const place = await createPlace();
  const [before, gone, ...others] = await place.add(6);
  // So that the key of the day is in the backup.
  await place.erase(before!.id);
  const folder = await place.backup();
  await place.erase(gone!.id);
  const pepper = place.ring().secret('identifier pepper');
  await place.loseDatabase();
  place.loseRing();
  rmSync(place.files.signingKeyFile);
  expect(await place.restore({ folder })).toMatchObject({ erasedAgain: 1, keys: 4 });
  expect(place.ring().secret('identifier pepper')).toEqual(pepper);
  for (const person of others) expect(await place.read(person)).toBe(TEXT);
  for (const person of [before!, gone!]) {
    expect(await place.read(person)).toBeNull();
    expect(await place.isGuarded(person)).toBe(true);
  }
  expect(existsSync(place.files.signingKeyFile)).toBe(true);
});

test('only the ring is lost: a newer backup of keys alone is put beside the data as it is', async () => {
  const place = await createPlace();
  const people = await place.add(4);
  await place.backup();
  const [gone, ...others] = [...people, ...(await place.add(1))];
  const keysFolder = await place.backup('keys');
  await place.erase(gone!.id);
  const [late] = await place.add(1);
  place.loseRing();
  await expect(place.restore({ keysFolder })).rejects.toThrow('add --replace');
  expect(await place.restore({ keysFolder, replaces: true })).toMatchObject({ keys: 4 });
  for (const person of others) expect(await place.read(person)).toBe(TEXT);
  expect(await place.read(late!)).toBeNull();
  expect(await place.read(gone!)).toBeNull();
  await expect(place.restore({ keysFolder })).rejects.toThrow('there is nothing to restore');
});

test('older data is put beside a newer backup of keys, never beside an older one', async () => {
  const place = await createPlace();
  const older = await place.backup('keys');
  const people = await place.add(3);
  const folder = await place.backup();
  const newer = await place.backup('keys');
  await place.loseDatabase();
  await expect(place.restore({ folder, keysFolder: older })).rejects.toThrow('older than the data');
  expect(await place.restore({ folder, keysFolder: newer })).toMatchObject({ keys: 3 });
  for (const person of people) expect(await place.read(person)).toBe(TEXT);
});

test('a key backup opens no more after 48 hours, and without keys nothing is put back', async () => {
  const place = await createPlace();
  await place.add(2);
  const folder = await place.backup();
  await place.loseDatabase();
  await expect(place.restore({ folder, now: inHours(48) })).rejects.toThrow('open no more');
  place.backupKeys.destroyOlderThan(0, new Date());
  await expect(place.restore({ folder })).rejects.toThrow('open no more');
  const { count } = await place
    .db()
    .selectFrom('mayfly.subjects')
    .select((eb) => eb.fn.countAll<string>().as('count'))
    .executeTakeFirstOrThrow();
  expect(count).toBe('0');
});

test('nothing is put back over data, from a changed file, from another version, or without the list of erasures', async () => {
  const place = await createPlace();
  const people = await place.add(2);
  const folder = await place.backup();
  await expect(place.restore({ folder })).rejects.toThrow('add --replace');
  await place.loseDatabase();
  const list = readFileSync(place.files.erasureListFile);
  rmSync(place.files.erasureListFile);
  await expect(place.restore({ folder })).rejects.toThrow('There is no list of erasures');
  writeFileSync(place.files.erasureListFile, list);

  const manifestFile = join(folder, 'manifest.json');
  const manifest = readFileSync(manifestFile, 'utf8');
  writeFileSync(manifestFile, manifest.replace('0006-backup', '0006-others'));
  await expect(place.restore({ folder })).rejects.toThrow('made by another version');
  writeFileSync(manifestFile, manifest);

  for (const name of ['mayfly.messages.jsonl.gz', 'keys.sealed']) {
    const file = join(folder, name);
    const bytes = readFileSync(file);
    const changed = Buffer.from(bytes);
    changed[40]! ^= 1;
    writeFileSync(file, changed);
    await expect(place.restore({ folder })).rejects.toThrow(`${name} was changed or is damaged`);
    writeFileSync(file, bytes);
  }
  expect(await place.restore({ folder })).toMatchObject({ keys: 2 });
  for (const person of people) expect(await place.read(person)).toBe(TEXT);
});

test('killed at any step, a restore serves nobody until it is called again and ends', async () => {
  const place = await createPlace();
  const [gone, ...others] = await place.add(4);
  const folder = await place.backup();
  await place.erase(gone!.id);
  await place.loseDatabase();
  const steps: number[] = [];
  for (let step = 3; ; step = Math.ceil(step * 1.6)) {
    const dying = dyingDisk(place.db(), step);
    const ended = await place
      .restore({ folder, replaces: true }, { disk: dying.disk, wrapped: dying.db })
      .then(
        () => 'ended',
        (error: unknown) => String(error),
      );
    if (ended === 'ended') break;
    expect(ended).toContain('killed');
    steps.push(step);
    // What was put back by now is not served, or nothing was put back yet.
    const { rows } = await sql`SELECT FROM mayfly.subjects LIMIT 1`.execute(place.db());
    expect({ step, isMarked: (await unfinishedRestore(place.db())) !== null }).toEqual({
      step,
      isMarked: rows.length > 0,
    });
  }
  expect(steps.length).toBeGreaterThan(6);
  for (const person of others) expect(await place.read(person)).toBe(TEXT);
  expect(await place.read(gone!)).toBeNull();
  expect(await unfinishedRestore(place.db())).toBeNull();
});

test('P-D4: a key that a killed rewrap had made opens nothing after a restore either, of whoever was erased meanwhile', async () => {
  const place = await createPlace();
  const [first, second, survivor] = await place.add(3, 9);
  const folder = await place.backup();
  const rows = place.db().selectFrom('keys.subject_keys').selectAll();
  await deleteKeys(place.db(), first!.id);
  const dying = { ...ringOf(place.ring()), destroyOldVersions: () => fail('killed') };
  await expect(rewrapBucket(place.db(), dying, 9)).rejects.toThrow('killed');
  // Copied now; the list names them before their bucket gets a new key, and then the power goes.
  const copy = await rows.where('subject_id', '=', second!.id).executeTakeFirstOrThrow();
  for (const one of [first!, second!])
    appendErasure(place.files.erasureListFile, {
      ...{ subjectId: one.id, at: new Date().toISOString(), stones: [] },
    });
  await deleteKeys(place.db(), second!.id);
  await place.loseDatabase();
  await place.restore({ folder });
  expect(await place.read(survivor!)).toBe(TEXT);
  const wrapped = { bucket: 9, version: BigInt(copy.bucket_version), wrapped: copy.wrapped_key };
  expect(() => openSubjectKey(place.ring(), second!.id, wrapped)).toThrow(SealBroken);
  expect(place.ring().bucketKeys(9)).toHaveLength(1);
});

function fail(message: string): never {
  throw new Error(message);
}

function ringOf(ring: KeyRing): KeyRing {
  return {
    bucketKeys: (bucket) => ring.bucketKeys(bucket),
    secret: (name) => ring.secret(name),
    addVersion: (bucket) => ring.addVersion(bucket),
    destroyOldVersions: (bucket) => ring.destroyOldVersions(bucket),
    dayKeys: () => ring.dayKeys(),
    ensureDayKey: (day) => ring.ensureDayKey(day),
    destroyDayKeysBefore: (day) => ring.destroyDayKeysBefore(day),
  };
}
