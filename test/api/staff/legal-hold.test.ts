import { randomUUID } from 'node:crypto';
import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons } from '../../support/persons.ts';
import { privacyDesk } from '../../support/privacy-desk.ts';
import { staffDesk, staffIssuer } from '../../support/staff-desk.ts';

const DAY_MS = 86_400_000;
const identity = await staffIssuer();
const mayfly = await createInstallation({ ...identity.settings, LLM_RETENTION_DAYS: '0' });
const { db } = mayfly;
const { as } = staffDesk(mayfly, identity);
const { ask, status, untilEnded, untilState, page } = privacyDesk(mayfly);
const persons = createPersons(mayfly);
const [first, second, third] = ['first', 'second', 'third'].map((name) => as(name, 'privacy')) as [
  ReturnType<typeof as>,
  ReturnType<typeof as>,
  ReturnType<typeof as>,
];
const dayIn = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const HOLD = { reason: 'legal claim', until: dayIn(30) };
/** The end of that day. */
const HELD_UNTIL = new Date(Date.parse(`${HOLD.until}T00:00:00Z`) + DAY_MS).toISOString();

/** Somebody who has written and asked to be forgotten, and what they would send to confirm it. */
async function somebodyWhoAsks() {
  const me = persons.on('whatsapp');
  await me.write('hello');
  const subjectId = await me.subjectId();
  const { code, verification } = await ask({
    whatsapp: String(me.reference.identifiers[1]?.value),
  });
  await untilState(code, 'confirm it is you');
  const { id } = await db
    .selectFrom('mayfly.requests')
    .select('id')
    .orderBy('received_at', 'desc')
    .executeTakeFirstOrThrow();
  return { me, subjectId, code, id, phrase: verification.phrase };
}

async function placeHold(path: string): Promise<void> {
  expect((await first.post(path, HOLD)).status).toBe(202);
  expect((await second.post(path, HOLD)).status).toBe(200);
}

/** The hold is over by the clock, without anybody lifting it. */
const letExpire = (subjectId: string) =>
  db
    .updateTable('mayfly.holds')
    .set({ expires_at: new Date(Date.now() - 1000) })
    .where('subject_id', '=', subjectId)
    .execute();

const messagesOf = async (subjectId: string) =>
  (
    await db
      .selectFrom('mayfly.messages')
      .select('id')
      .where('subject_id', '=', subjectId)
      .execute()
  ).length;

const reconcile = () =>
  mayfly.privacyClient.workflow.execute('reconcileRequests', {
    taskQueue: 'privacy',
    workflowId: `reconcile-${randomUUID()}`,
    args: [],
  });

const staffActionsOf = async (id: string) => {
  const rows = await db
    .selectFrom('mayfly.ledger')
    .select(['action', 'details', 'actor'])
    .where('request_id', '=', id)
    .where('actor_role', '=', 'staff')
    .orderBy('position')
    .execute();
  return rows.map(({ action, details }) => ({ action, ...details }));
};

test('a person whom two of staff hold is fenced off and not erased, reads until when and why, and is erased when both let go', async () => {
  const { me, subjectId, code, id, phrase } = await somebodyWhoAsks();
  const proposed = await first.post(`requests/${id}/hold`, HOLD);
  expect([proposed.status, proposed.body]).toEqual([
    202,
    { state: 'proposed', until: HELD_UNTIL, people: 1 },
  ]);
  expect((await first.post(`requests/${id}/hold`, HOLD)).status).toBe(409);
  const placed = { state: 'placed', until: HELD_UNTIL, people: 1 };
  expect((await second.post(`requests/${id}/hold`, HOLD)).body).toEqual(placed);
  expect((await first.post(`requests/${id}/hold`, HOLD)).body).toEqual(placed);
  // Whoever only asks in somebody's name does not learn that we know them.
  expect((await status(code)).reason).toBeNull();

  await me.write(phrase);
  const held = await eventually(async () => {
    const found = await status(code);
    expect(found.reason).toBe(`held until ${HELD_UNTIL}: legal claim`);
    expect(found.state).toBe('working');
    return found;
  });
  expect(held.outcome).toBeNull();
  const text = await page(code);
  expect(text).toContain('Held by law');
  expect(text).toContain('legal claim');
  await eventually(async () => {
    const { erasing_at: fencedAt, destroying_at: destroyedAt } = await db
      .selectFrom('mayfly.subjects')
      .select(['erasing_at', 'destroying_at'])
      .where('id', '=', subjectId)
      .executeTakeFirstOrThrow();
    expect([fencedAt === null, destroyedAt]).toEqual([false, null]);
  });
  expect(await messagesOf(subjectId)).toBeGreaterThan(0);
  const { body: queue } = await first.get('requests');
  expect(queue['requests']).toContainEqual(
    expect.objectContaining({ id, state: 'working', held_until: HELD_UNTIL }),
  );

  expect((await second.del(`requests/${id}/hold`)).status).toBe(202);
  expect((await second.del(`requests/${id}/hold`)).status).toBe(409);
  expect((await status(code)).state).toBe('working');
  expect((await third.del(`requests/${id}/hold`)).body).toEqual({ state: 'lifted' });
  const ended = await untilEnded(code, 'finished');
  expect(ended.reason).toBeNull();
  expect((await third.del(`requests/${id}/hold`)).body).toEqual({ state: 'no hold' });
  expect(await messagesOf(subjectId)).toBe(0);
  expect(await staffActionsOf(id)).toEqual([
    { action: 'hold proposed', reason: 'legal claim', days: 31, people: 1 },
    { action: 'hold placed', reason: 'legal claim', days: 31, people: 1 },
    { action: 'hold lift proposed' },
    { action: 'hold lifted' },
  ]);
  const certificate = await fetch(mayfly.url(`/privacy/requests/${code}/certificate`));
  expect(certificate.status).toBe(200);
});

test('P-U4 two holds that overlap are lifted by two of staff, though each began with another one', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  const path = `people/${await me.subjectId()}/hold`;
  const later = { ...HOLD, until: dayIn(60) };
  await placeHold(path);
  expect((await first.del(path)).status).toBe(202);
  expect((await first.post(path, later)).status).toBe(202);
  expect((await second.post(path, later)).status).toBe(200);
  // The first hold is lifted by this, and the second one waits for another member of staff.
  expect((await second.del(path)).body).toEqual({ state: 'lift proposed' });
  expect((await second.del(path)).status).toBe(409);
  // Whoever says a hold again keeps it.
  expect((await first.post(path, later)).status).toBe(200);
  expect((await first.del(path)).body).toEqual({ state: 'lift proposed' });
  expect((await second.del(path)).body).toEqual({ state: 'lifted' });
  expect((await first.del(path)).body).toEqual({ state: 'no hold' });
});

test('what a held person writes after they asked is of a new person, whom the hold says nothing about', async () => {
  const { me, subjectId, code, id, phrase } = await somebodyWhoAsks();
  await placeHold(`requests/${id}/hold`);
  await me.write(phrase);
  await eventually(async () => expect((await status(code)).reason).toContain('held until'));
  await eventually(async () => {
    const { erasing_at: fencedAt } = await db
      .selectFrom('mayfly.subjects')
      .select('erasing_at')
      .where('id', '=', subjectId)
      .executeTakeFirstOrThrow();
    expect(fencedAt).not.toBeNull();
  });
  const before = await messagesOf(subjectId);
  await me.write('me again');
  expect(await me.subjectId()).not.toBe(subjectId);
  expect(await messagesOf(subjectId)).toBe(before);
  await letExpire(subjectId);
  await reconcile();
  await untilEnded(code, 'finished');
});

test('a hold that expires lifts by itself, and the erasure goes on', async () => {
  const { me, subjectId, code, id, phrase } = await somebodyWhoAsks();
  await placeHold(`people/${subjectId}/hold`);
  await me.write(phrase);
  await eventually(async () => expect((await status(code)).reason).toContain('held until'));
  await letExpire(subjectId);
  expect((await status(code)).reason).toBeNull();
  await reconcile();
  await untilEnded(code, 'finished');
  expect(await messagesOf(subjectId)).toBe(0);
  const lifted = await db
    .selectFrom('mayfly.ledger')
    .select(['actor_role', 'details'])
    .where('action', '=', 'hold lifted')
    .where('actor_role', '=', 'system')
    .execute();
  expect(lifted).toContainEqual({ actor_role: 'system', details: { people: 1 } });
  expect(await staffActionsOf(id)).toEqual([]);
});

test('a hold is refused once destroying has begun, and for people who are not known', async () => {
  const { subjectId } = await somebodyWhoAsks();
  await db
    .updateTable('mayfly.subjects')
    .set({ destroying_at: new Date() })
    .where('id', '=', subjectId)
    .execute();
  expect((await first.post(`people/${subjectId}/hold`, HOLD)).status).toBe(409);
  expect((await first.post(`people/${randomUUID()}/hold`, HOLD)).status).toBe(404);
  const { body } = await first.post('requests', { whatsapp: '+15550107999' });
  expect((await first.post(`requests/${String(body['id'])}/hold`, HOLD)).status).toBe(404);
});

test('a hold that one of staff only proposed holds nobody, and anybody of them takes it back', async () => {
  const { me, subjectId, code, id, phrase } = await somebodyWhoAsks();
  await first.post(`requests/${id}/hold`, HOLD);
  const { body } = await second.get('holds');
  expect(body['holds']).toContainEqual(
    expect.objectContaining({ subject: subjectId, state: 'proposed', until: HELD_UNTIL }),
  );
  expect((await second.del(`requests/${id}/hold`)).body).toEqual({ state: 'taken back' });
  await first.post(`requests/${id}/hold`, { ...HOLD, reason: 'court order' });
  await me.write(phrase);
  await untilEnded(code, 'finished');
  expect(await messagesOf(subjectId)).toBe(0);
});

test('another date is another proposal, and of two holds the longer one counts', async () => {
  const { subjectId } = await somebodyWhoAsks();
  const path = `people/${subjectId}/hold`;
  await placeHold(path);
  const longer = { reason: 'court order', until: dayIn(90) };
  expect((await first.post(path, { ...longer, until: dayIn(60) })).status).toBe(202);
  expect((await second.post(path, longer)).status).toBe(202);
  expect((await second.post(path, longer)).status).toBe(409);
  expect((await first.post(path, longer)).status).toBe(200);
  const { body } = await third.get('holds');
  const mine = (body['holds'] as { subject: string; state: string; until: string }[]).filter(
    ({ subject }) => subject === subjectId,
  );
  expect(mine.map(({ state, until }) => [state, until.slice(0, 10)])).toEqual([
    ['placed', dayIn(31)],
    ['placed', dayIn(91)],
  ]);
  expect((await first.del(path)).status).toBe(202);
  expect((await second.del(path)).body).toEqual({ state: 'lifted' });
});
