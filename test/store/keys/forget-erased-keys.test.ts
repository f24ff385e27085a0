import { SubjectKeyCache } from '../../../lib/crypto/subject-key-cache.ts';
import { connectDatabase } from '../../../store/database.ts';
import { deleteKeys } from '../../../store/erasure/erasure.ts';
import { forgetErasedKeys } from '../../../store/keys/forget-erased-keys.ts';
import { People } from '../../../store/people/people.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { insertSilentPeople } from '../../support/silent-people.ts';
import { createStorage } from '../../support/storage.ts';

const { db, ring } = await createStorage();

/** What one process holds of these people. */
async function processThatKnows(subjectIds: readonly string[]) {
  const cache = new SubjectKeyCache({ capacity: 10, now: Date.now });
  const people = new People({ ring, cache });
  for (const id of subjectIds) await inTransaction(db, (trx) => people.cipher(trx, id));
  return cache;
}

test("P-D3: a key that one process destroys is dropped from the memory of every other, and nobody else's is", async () => {
  const [gone = '', kept = ''] = (
    await insertSilentPeople(db, ring, { count: 2, days: 1, bucket: 5 })
  ).map(({ id }) => id);
  const others = [await processThatKnows([gone, kept]), await processThatKnows([gone])];
  await deleteKeys(db, gone);
  for (const cache of others) {
    expect(cache.get(gone)).toBeDefined();
    await forgetErasedKeys(db, cache);
    expect(cache.get(gone)).toBeUndefined();
  }
  expect(others[0]?.get(kept)).toBeDefined();
});

test('P-D3: a process that cannot ask whose keys were destroyed holds none', async () => {
  const [one] = await insertSilentPeople(db, ring, { count: 1, days: 1 });
  const cache = await processThatKnows([one?.id ?? '']);
  const { db: nowhere } = connectDatabase({
    connectionString: 'postgres://nobody@127.0.0.1:1/none',
    maxConnections: 1,
    onIdleError: () => undefined,
  });
  await forgetErasedKeys(nowhere, cache);
  await nowhere.destroy();
  expect(cache.subjectIds()).toEqual([]);
});
