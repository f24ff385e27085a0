import { sql } from 'kysely';
import { REQUEST_LIMITS, takeMail, takeRequest } from '../../api/privacy/request-limits.ts';
import { forgetEndedLimits, Limits } from '../../store/limits.ts';
import { createStorage } from '../support/storage.ts';

const { db, ring } = await createStorage();
const DAY_MS = 86_400_000;
/** Two processes before one database. */
const [limits, others] = [new Limits(db, ring), new Limits(db, ring)];
const [client, mailbox] = [REQUEST_LIMITS.ofOneClient, REQUEST_LIMITS.mailedToOneMailbox];

beforeEach(() => db.deleteFrom('mayfly.limits').execute());

/** So much time passes for everything that is counted. */
const pass = (ms: number) =>
  db
    .updateTable('mayfly.limits')
    .set({ ends_at: sql<Date>`ends_at - ${ms}::float8 * interval '1 millisecond'` })
    .execute();
const rows = async () => (await db.selectFrom('mayfly.limits').selectAll().execute()).length;

test('P-D6 of the requests for one mailbox, however it is spelled and whichever process takes them, three within a day are answered by mail', async () => {
  const spellings = ['a.b@gmail.com', 'AB@googlemail.com', 'a.b+1@gmail.com', 'ab+2@gmail.com'];
  const answers = [];
  for (const [n, address] of spellings.entries())
    answers.push(await takeMail(n % 2 === 0 ? limits : others, address));
  expect(answers).toEqual([true, true, true, false]);
  expect(await takeMail(limits, 'b@example.com')).toBe(true);
  await pass(DAY_MS - 60_000);
  expect(await takeMail(limits, 'ab@gmail.com')).toBe(false);
  await pass(60_000);
  expect(await takeMail(limits, 'ab@gmail.com')).toBe(true);
});

test('so many requests of everybody together are answered by mail within an hour', async () => {
  const { most } = REQUEST_LIMITS.mailedToAll;
  const answers = await Promise.all(
    Array.from({ length: most + 5 }, (_, n) =>
      takeMail(n % 2 === 0 ? limits : others, `${n}@example.com`),
    ),
  );
  expect(answers.filter(Boolean)).toHaveLength(most);
});

test('P-D1 a client that asks too often closes the door for itself, in every process, and for nobody else', async () => {
  const asked = await Promise.all(
    Array.from({ length: client.most * 3 }, (_, n) =>
      takeRequest(n % 2 === 0 ? limits : others, '203.0.113.1'),
    ),
  );
  expect(asked.filter((one) => one === null)).toHaveLength(client.most);
  const over = asked.find((one) => one !== null);
  expect(over).toMatchObject({ whose: 'of this client' });
  expect(over?.waitMs).toBeLessThanOrEqual(client.windowMs);
  expect(await takeRequest(limits, '203.0.113.2')).toBeNull();
  await pass(client.windowMs);
  expect(await takeRequest(others, '203.0.113.1')).toBeNull();
});

test("everybody's limit lies far above that of one client", () => {
  expect(REQUEST_LIMITS.ofAll.most).toBeGreaterThanOrEqual(100 * client.most);
  expect(REQUEST_LIMITS.ofAll.windowMs).toBe(client.windowMs);
});

test('P-D3 who took something is kept as a keyed hash alone, and is forgotten once the window is over', async () => {
  await takeMail(limits, 'somebody@example.com');
  await takeRequest(limits, '203.0.113.77');
  expect(await rows()).toBe(4);
  const { rows: shown } = await sql<{ row: string }>`
    SELECT to_jsonb(l)::text AS row FROM mayfly.limits l`.execute(db);
  for (const { row } of shown) expect(row).not.toMatch(/somebody|example|203|cb007/);
  await pass(client.windowMs);
  expect(await forgetEndedLimits(db)).toBe(2);
  await pass(mailbox.windowMs);
  expect(await forgetEndedLimits(db)).toBe(2);
  expect(await rows()).toBe(0);
});

test('P-D4 no backup and no replica ever holds it', async () => {
  const { rows: found } = await sql<{ persistence: string }>`
    SELECT relpersistence AS persistence FROM pg_class WHERE oid = 'mayfly.limits'::regclass`.execute(
    db,
  );
  expect(found).toEqual([{ persistence: 'u' }]);
});
