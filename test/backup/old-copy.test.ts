import { BUCKETS } from '../../lib/crypto/key-ring.ts';
import { rotateRootKey } from '../../store/keys/rotate-root-key.ts';
import { rewrapBucket } from '../../store/keys/rewrap-bucket.ts';
import { createServingGuard } from '../../store/serving-guard.ts';
import { tryEveryKey } from '../../backup/closed-keys.ts';
import { createPlace, HOUR_MS, TEXT } from './place.ts';

const REFUSED = /^This database does not go with its key ring: .*docs\/backup\.md\.$/;

/** A copy from before, in place of a database in which somebody has been erased since. */
async function oldCopy() {
  const place = await createPlace();
  const [gone, neighbour] = await place.add(2, 5);
  const [other] = await place.add(1, 9);
  if (gone === undefined || neighbour === undefined || other === undefined) throw new Error('few');
  const copy = await place.snapshot();
  await place.erase(gone.id);
  const keys = await place.backup('keys');
  await place.putBack(copy);
  return { place, gone, neighbour, other, keys };
}

test('a copy that was put back by other tools is not served, and who was erased since is unreadable in it by any key', async () => {
  const { place, gone, neighbour } = await oldCopy();
  await expect(place.serve()).rejects.toThrow(REFUSED);
  const { closed } = await tryEveryKey(place.db(), place.ring());
  expect(closed.toSorted()).toEqual([gone.id, neighbour.id].sort());
  expect(await place.read(gone)).toBeNull();
});

test('a process that was there before meets it on its next connection', async () => {
  const place = await createPlace();
  const [gone] = await place.add(2, 5);
  const copy = await place.snapshot();
  const guard = createServingGuard(place.ring(), place.files.erasureListFile);
  await place.serve(guard);
  await place.erase(gone!.id);
  await place.serve(guard);
  await place.putBack(copy);
  await expect(place.serve(guard)).rejects.toThrow(REFUSED);
  await expect(place.serve(guard)).rejects.toThrow(REFUSED);
});

test('with the newest key backup everybody but who was erased comes back, and late webhooks are dropped', async () => {
  const { place, gone, neighbour, other, keys } = await oldCopy();
  const restored = await place.restore({ isPutBack: true, keysFolder: keys, replaces: true });
  expect(restored).toMatchObject({ erasedAgain: 1, keys: 2 });
  expect(await place.read(gone)).toBeNull();
  expect(await place.isGuarded(gone)).toBe(true);
  for (const person of [neighbour, other]) expect(await place.read(person)).toBe(TEXT);
  await place.serve();
});

test('without a key backup it goes on only if whoever cannot be read may be lost', async () => {
  const { place, gone, neighbour, other } = await oldCopy();
  await expect(place.restore({ isPutBack: true })).rejects.toThrow(
    /^The keys of 2 people or requests do not open any more, .* add --replace to go on without them$/,
  );
  await expect(place.serve()).rejects.toThrow(REFUSED);
  expect(await place.restore({ isPutBack: true, replaces: true })).toMatchObject({
    erasedAgain: 2,
    keys: 1,
  });
  for (const person of [gone, neighbour]) expect(await place.read(person)).toBeNull();
  expect(await place.isGuarded(gone)).toBe(true);
  expect(await place.read(other)).toBe(TEXT);
  await place.serve();
});

test('a key backup from before what is in the copy is taken only if whoever came in between may be lost', async () => {
  const place = await createPlace();
  const [gone] = await place.add(1, 5);
  const keys = await place.backup('keys', new Date(Date.now() - HOUR_MS));
  await place.db().updateTable('mayfly.subjects').set({ created_at: new Date() }).execute();
  const copy = await place.snapshot();
  await place.erase(gone!.id);
  await place.putBack(copy);
  await expect(place.restore({ isPutBack: true, keysFolder: keys })).rejects.toThrow(
    /^The key backup is older than the data: .* add --replace/,
  );
});

test.each([
  ['after an erasure', (place: Place, id: string) => place.erase(id)],
  ['while somebody is fenced', (place: Place, id: string) => place.erase(id, 'fenced')],
  [
    'while a key is gone, and the rows are not',
    (place: Place, id: string) => place.erase(id, 'key destroyed'),
  ],
  ['after a rewrap', (place: Place) => rewrapBucket(place.db(), place.ring(), 5)],
  [
    'while every bucket has two keys',
    async (place: Place) => {
      for (let bucket = 0; bucket < BUCKETS; bucket += 1) place.ring().addVersion(bucket);
    },
  ],
  [
    'after the root key was replaced',
    (place: Place) => rotateRootKey(place.db(), place.ring(), { now: new Date(), allowedAgeMs: 0 }),
  ],
] as const)('a database that goes with its ring is served %s', async (_name, act) => {
  const place = await createPlace();
  const [one] = await place.add(2, 5);
  await act(place, one!.id);
  await expect(place.serve()).resolves.toBeUndefined();
});

type Place = Awaited<ReturnType<typeof createPlace>>;
