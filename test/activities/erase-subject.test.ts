import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createEraseSubject } from '../../activities/erase-subject.ts';
import { holdSubject } from '../../store/erasure/holds.ts';
import { inTransaction } from '../../store/transaction.ts';
import { insertSilentPeople } from '../support/silent-people.ts';
import { createStorage } from '../support/storage.ts';

const { db, ring } = await createStorage();
const logger = new DefaultLogger('ERROR');

/** Temporal, with an erasure that does not come to its end. */
const neverEnding = {
  workflow: {
    start: () => Promise.resolve(),
    getHandle: () => ({ result: () => new Promise(() => undefined) }),
  },
} as unknown as Client;

test('an erasure that a legal hold stops in its course does not take up a place for activities until the hold ends', async () => {
  const [person] = await insertSilentPeople(db, ring, { count: 1, days: 1 });
  const subjectId = person?.id ?? '';
  const eraseSubject = createEraseSubject({ db, privacy: neverEnding, modelRetentionMs: 0 });
  const environment = new MockActivityEnvironment({}, { logger });
  const erasing = environment.run(eraseSubject, { requestId: randomUUID(), subjectId });
  const wish = { subjectId, reason: 'legal claim', until: new Date(Date.now() + 60_000) } as const;
  for (const by of ['1'.repeat(32), '2'.repeat(32)])
    await inTransaction(db, (trx) => holdSubject(trx, { ...wish, by }));
  await expect(erasing).resolves.toBeUndefined();
});

test('a worker that stops does not wait for an erasure', async () => {
  const eraseSubject = createEraseSubject({ db, privacy: neverEnding, modelRetentionMs: 0 });
  const environment = new MockActivityEnvironment({}, { logger });
  const erasing = environment.run(eraseSubject, {
    requestId: randomUUID(),
    subjectId: randomUUID(),
  });
  environment.cancel();
  await expect(erasing).rejects.toThrow(/cancel/i);
});
