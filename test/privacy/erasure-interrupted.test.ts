import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { sql } from 'kysely';
import { erasureId } from '../../domain/erasure.ts';
import { requestWorkflowId } from '../../domain/privacy-request.ts';
import { BUCKETS } from '../../lib/crypto/key-ring.ts';
import { openSubjectKey } from '../../lib/crypto/subject-cipher.ts';
import { proveAccount } from '../../store/requests/request-accounts.ts';
import { inTransaction } from '../../store/transaction.ts';
import { dumpRows } from '../support/byte-scan.ts';
import { eventually } from '../support/eventually.ts';
import { createInstallation } from '../support/installation.ts';
import { createPersons } from '../support/persons.ts';
import type { TestPerson } from '../support/persons.ts';
import { privacyDesk } from '../support/privacy-desk.ts';

const mayfly = await createInstallation({ LLM_RETENTION_DAYS: '0' });
const desk = privacyDesk(mayfly);
const persons = createPersons(mayfly);

const newestRequest = async () =>
  (
    await mayfly.db
      .selectFrom('mayfly.requests')
      .select('id')
      .orderBy('received_at', 'desc')
      .executeTakeFirstOrThrow()
  ).id;
const erasuresOf = async (subjectId: string) =>
  (await mayfly.privacyClient.workflow.count(`WorkflowId = '${erasureId(subjectId)}'`)).count;
const reconcile = (workflowId: string): Promise<unknown> =>
  mayfly.privacyClient.workflow.execute('reconcileRequests', {
    taskQueue: 'privacy',
    workflowId,
    args: [],
  });

/** The account of a person as a request names it: a handle is compared with nothing yet. */
const nameOf = ({ channel, identifiers: [id] }: TestPerson) =>
  channel === 'whatsapp' ? { whatsapp: `+${id}` } : { instagram: 'example' };

async function askAndConfirm(person: TestPerson) {
  const opened = await desk.ask(nameOf(person));
  const requestId = await newestRequest();
  await person.write(opened.verification.phrase);
  return { ...opened, requestId };
}

/** Nothing can be deleted from this store until `mend` is called. */
async function breakStore(table: string): Promise<{ mend(): Promise<void> }> {
  await sql`CREATE FUNCTION mayfly.broken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''broken''; END'`.execute(
    mayfly.db,
  );
  await sql`CREATE TRIGGER broken BEFORE DELETE ON ${sql.table(table)} EXECUTE FUNCTION mayfly.broken()`.execute(
    mayfly.db,
  );
  return {
    mend: async () => void (await sql`DROP FUNCTION mayfly.broken CASCADE`.execute(mayfly.db)),
  };
}

/** The activity that an erasure waits for, and why it failed last. */
async function pendingOf(subjectId: string) {
  const { raw } = await mayfly.privacyClient.workflow.getHandle(erasureId(subjectId)).describe();
  const [pending] = raw.pendingActivities ?? [];
  const failure = await decodeOptionalFailureToOptionalError(
    mayfly.privacyClient.options.loadedDataConverter,
    pending?.lastFailure,
  );
  return { activity: pending?.activityType?.name, failure: failure?.message };
}

async function certificateOf(code: string) {
  const jws = await (await fetch(mayfly.url(`/privacy/requests/${code}/certificate`))).text();
  return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as {
    certificate_id: string;
    erased: { store: string; count: number }[];
    keys_destroyed: { at: string; buckets: number };
    expiring_elsewhere: { where: string }[];
  };
}

test('a store that fails keeps the request open, Temporal names it, a worker stops and starts meanwhile, and who writes is answered as a new person', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  await me.hears(1);
  const subjectId = await me.subjectId();
  const store = await breakStore('mayfly.sessions');
  const { code, requestId } = await askAndConfirm(me);
  await eventually(async () => {
    const failure = expect.stringContaining('The store "sessions" could not be emptied') as unknown;
    expect(await pendingOf(subjectId)).toEqual({ activity: 'eraseEveryRow', failure });
  });
  expect((await desk.status(code)).state).toBe('working');
  expect((await desk.withdraw(code)).status).toBe(409);

  const stopping = Date.now();
  await mayfly.stopWorker();
  expect(Date.now() - stopping).toBeLessThan(30_000);
  await mayfly.startWorker();

  const heard = me.received().length;
  await eventually(async () => {
    await me.write('still there?');
    expect(await me.subjectId()).not.toBe(subjectId);
  });
  await me.hears(heard + 1);
  expect(me.received().at(-1)?.text).toContain('still there?');

  await store.mend();
  await desk.untilEnded(code, 'finished');
  expect(await erasuresOf(subjectId)).toBe(1);
  expect(await dumpRows(mayfly.db)).not.toContain(subjectId);
  expect((await me.stored()).length).toBeGreaterThan(0);
  const { erased } = await certificateOf(code);
  expect(erased).toContainEqual({ store: 'messages', count: 2 });
  const entries = await mayfly.db
    .selectFrom('mayfly.ledger')
    .select('action')
    .where('request_id', '=', requestId)
    .orderBy('position')
    .execute();
  expect(entries.map(({ action }) => action)).toEqual([
    'request received',
    'identity verified',
    'erased',
    'key destroyed',
    'rescan',
    'certificate issued',
    'request ended',
  ]);
});

test('two requests that are confirmed for one person make one erasure, and both are answered; so is one that comes after it', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  await me.hears(1);
  const subjectId = await me.subjectId();
  const late = await desk.ask({ whatsapp: '+15550100000' });
  const lateId = await newestRequest();
  await desk.untilState(late.code, 'confirm it is you');
  await mayfly.stopWorker();
  const both = [await askAndConfirm(me), await askAndConfirm(me)];
  await mayfly.startWorker();
  for (const { code } of both) await desk.untilEnded(code, 'finished');
  expect(await erasuresOf(subjectId)).toBe(1);

  await inTransaction(mayfly.db, (trx) =>
    proveAccount(trx, { requestId: lateId, subjectIds: [subjectId], channel: 'whatsapp' }),
  );
  await reconcile('reconcile-unheard');
  await desk.untilEnded(late.code, 'finished');
  expect(await erasuresOf(subjectId)).toBe(1);
  const certificates = await Promise.all([...both, late].map(({ code }) => certificateOf(code)));
  expect(new Set(certificates.map(({ keys_destroyed: { at } }) => at)).size).toBe(1);
  expect(new Set(certificates.map(({ certificate_id: id }) => id)).size).toBe(3);
});

test('a request, and an erasure, that somebody cancels or terminates in Temporal go on where they stood', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  await me.hears(1);
  const subjectId = await me.subjectId();
  const store = await breakStore('mayfly.replies');
  const { code, requestId, due_at: dueAt } = await askAndConfirm(me);
  const request = mayfly.privacyClient.workflow.getHandle(requestWorkflowId(requestId));
  await eventually(async () => expect((await pendingOf(subjectId)).activity).toBe('eraseEveryRow'));
  await request.cancel();
  await expect(request.result()).rejects.toThrow();
  await mayfly.privacyClient.workflow.getHandle(erasureId(subjectId)).terminate('by hand');
  expect((await desk.status(code)).state).toBe('working');
  await store.mend();
  expect(await reconcile('reconcile-ended')).toMatchObject({ restarted: 1 });
  const { due_at: dueStill } = await desk.untilEnded(code, 'finished');
  expect(dueStill).toBe(dueAt);
  expect(await dumpRows(mayfly.db)).not.toContain(subjectId);
  const { erased } = await certificateOf(code);
  for (const store of ['messages', 'deliveries'])
    expect(erased).toContainEqual({ store, count: expect.any(Number) as number });
  expect(erased.find(({ store }) => store === 'messages')?.count).toBe(2);
});

test('P-D2: an erasure that is terminated after its rescan found something certifies what it erased before, once its request has it done again', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  await me.hears(1);
  const subjectId = await me.subjectId();
  await sql`CREATE TABLE mayfly.forgotten (whose uuid)`.execute(mayfly.db);
  await sql`INSERT INTO mayfly.forgotten VALUES (${subjectId})`.execute(mayfly.db);
  const { code, requestId } = await askAndConfirm(me);
  await eventually(async () =>
    expect(await pendingOf(subjectId)).toEqual({
      activity: 'rescanStores',
      failure: 'The rescan still finds: forgotten by whose.',
    }),
  );
  // Nothing of the person is here any more that could be counted again.
  expect(
    await mayfly.db
      .selectFrom('mayfly.subjects')
      .where('id', '=', subjectId)
      .select('id')
      .execute(),
  ).toEqual([]);
  await mayfly.privacyClient.workflow.getHandle(erasureId(subjectId)).terminate('by hand');
  await sql`DROP TABLE mayfly.forgotten`.execute(mayfly.db);
  await desk.untilEnded(code, 'finished');
  const { erased, keys_destroyed: keys, expiring_elsewhere: elsewhere } = await certificateOf(code);
  expect(erased).toContainEqual({ store: 'messages', count: 2 });
  expect(erased).toContainEqual({ store: 'subjects', count: 1 });
  expect(keys.buckets).toBeGreaterThan(0);
  expect(elsewhere.map(({ where }) => where)).toEqual([
    'guard against late messages',
    'WhatsApp Cloud API',
  ]);
  const rows = mayfly.db
    .selectFrom('mayfly.ledger')
    .select('details')
    .where('request_id', '=', requestId);
  const total = erased.reduce((sum, { count }) => sum + count, 0);
  expect(await rows.where('action', '=', 'erased').execute()).toEqual([
    { details: { cause: 'on request', stores: erased.length, rows: total } },
  ]);
  expect(await mayfly.db.selectFrom('mayfly.erasures').selectAll().execute()).toEqual([]);
  // What went to Meta beside the number, the last words included, leads to nothing that is kept.
  const kept = await dumpRows(mayfly.db);
  const tokens = me.received().flatMap(({ token }) => (token === null ? [] : [token]));
  expect(kept).toContain(requestId);
  expect(tokens.length).toBeGreaterThan(2);
  for (const token of tokens) expect(kept).not.toContain(token);
});

test('no key that there is opens the copied key of somebody who was erased, in whatever bucket it is looked for', async () => {
  const me = persons.on('instagram');
  await me.write('hello');
  const subjectId = await me.subjectId();
  const key = await mayfly.db
    .selectFrom('keys.subject_keys')
    .selectAll()
    .where('subject_id', '=', subjectId)
    .executeTakeFirstOrThrow();
  const openers = () =>
    Array.from({ length: BUCKETS }, (_, bucket) => bucket).flatMap((bucket) =>
      mayfly.ring.bucketKeys(bucket).filter(({ version }) => {
        try {
          openSubjectKey(mayfly.ring, subjectId, { bucket, version, wrapped: key.wrapped_key });
          return true;
        } catch {
          return false;
        }
      }),
    );
  expect(openers()).toHaveLength(1);
  const { code } = await askAndConfirm(me);
  await desk.untilEnded(code, 'finished');
  expect(openers()).toEqual([]);
});
