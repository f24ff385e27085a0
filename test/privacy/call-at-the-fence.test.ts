import { fenceSubject } from '../../store/erasure/erasure.ts';
import { Tombstones } from '../../store/erasure/tombstones.ts';
import { inTransaction } from '../../store/transaction.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons } from '../support/persons.ts';

/** A call ends by itself after 25 seconds: sooner, only the fence can have cut it off. */
const SOONER_MS = 20_000;
// The turn's own deadline is far away.
const mayfly = await createInstallation({ TURN_DEADLINE: '10m' });
const persons = createPersons(mayfly);

test('P-D3: a call to the model that is under way when the fence comes up is cut off, and nothing of it is stored or sent', async () => {
  const me = persons.on('instagram');
  mayfly.model.usually('hang');
  const calls = mayfly.model.requests.length;
  await me.write('a secret');
  await eventually(() => expect(mayfly.model.requests).toHaveLength(calls + 1));
  const subjectId = await me.subjectId();
  await inTransaction(mayfly.db, (trx) =>
    fenceSubject(trx, new Tombstones(mayfly.ring), subjectId),
  );
  await eventually(() => expect(mayfly.model.requests.at(-1)?.aborted).toBe(true), SOONER_MS);
  // The turn has ended, and leaves nothing to be looked after.
  await eventually(async () => {
    const row = await mayfly.db
      .selectFrom('mayfly.subjects')
      .select(['wake_since', 'model_asked_until'])
      .where('id', '=', subjectId)
      .executeTakeFirstOrThrow();
    expect(row.wake_since).toBeNull();
    expect(row.model_asked_until?.getTime()).toBeGreaterThan(Date.now());
  });
  expect(mayfly.model.requests).toHaveLength(calls + 1);
  expect(me.received()).toEqual([]);
  const replies = mayfly.db.selectFrom('mayfly.replies').select('id');
  expect(await replies.where('subject_id', '=', subjectId).execute()).toEqual([]);
});
