import { randomUUID } from 'node:crypto';
import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { createPersons } from '../../support/persons.ts';
import { privacyDesk } from '../../support/privacy-desk.ts';
import { staffDesk, staffIssuer } from '../../support/staff-desk.ts';

const identity = await staffIssuer();
const mayfly = await createInstallation({ ...identity.settings, LLM_RETENTION_DAYS: '0' });
const { as } = staffDesk(mayfly, identity);
const { status, untilEnded, untilState, page } = privacyDesk(mayfly);
const persons = createPersons(mayfly);
const [first, second, third] = ['first', 'second', 'third'].map((name) => as(name, 'privacy')) as [
  ReturnType<typeof as>,
  ReturnType<typeof as>,
  ReturnType<typeof as>,
];
const auditor = as('auditor', 'auditor');

async function open(body: Record<string, unknown>): Promise<{ id: string; code: string }> {
  const answer = await first.post('requests', body);
  expect(answer.status).toBe(202);
  const { id, code } = answer.body as { id: string; code: string };
  await untilState(code, 'confirm it is you');
  return { id, code };
}

let handles = 0;
/** A handle that nobody has. */
const someHandle = () => `@example.${(handles += 1)}`;

const actionsOf = async (id: string) => {
  const rows = await mayfly.db
    .selectFrom('mayfly.ledger')
    .select(['action', 'actor_role', 'details'])
    .where('request_id', '=', id)
    .orderBy('position')
    .execute();
  return rows
    .filter(({ actor_role: role }) => role === 'staff')
    .map(({ action, details }) => ({ action, ...details }));
};

test('a letter that is pasted makes a request with a code and a phrase, and the phrase from the own account erases', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  const letter = `Subject: Data Deletion Request\n\nPlease delete all data.\nInstagram handle: @\nWhatsApp number with country code: ${me.reference.identifiers[1]?.value}\n`;
  const { status: code202, body } = await first.post('requests', { letter });
  expect(code202).toBe(202);
  const { code, verification } = body as { code: string; verification: { phrase: string } };
  const { body: queue } = await auditor.get('requests');
  const mine = (queue['requests'] as Record<string, unknown>[]).find(({ id }) => id === body['id']);
  expect(mine).toMatchObject({
    right: 'erasure',
    intake: 'staff',
    clock: 'on time',
    proven: { accounts: 0, of: 1 },
    held_until: null,
    due_at: body['due_at'],
  });
  expect(JSON.stringify(queue)).not.toContain(code);
  await me.write(verification.phrase);
  await untilEnded(code, 'finished');
});

test.each<[string, Record<string, unknown>, string]>([
  ['nothing', {}, 'instagram'],
  ['a letter without an account', { letter: 'Delete me, please.' }, 'letter'],
  ['a letter of two people', { letter: '@one and @two' }, 'letter'],
  ['a number that is none', { whatsapp: 'call me' }, 'whatsapp'],
  [
    'a time that lies ahead',
    { whatsapp: '+15550100000', received_at: '2099-01-01T00:00:00Z' },
    'received_at',
  ],
  [
    'a time whose 72 hours are over',
    { whatsapp: '+15550100000', received_at: '2026-01-01T00:00:00Z' },
    'received_at',
  ],
  ['a field that is not known', { whatsapp: '+15550100000', code: 'x' }, ''],
])('a request with %s is not understood', async (_case, body, field) => {
  const answer = await first.post('requests', body);
  expect(answer.status).toBe(422);
  const errors = answer.body['errors'] as { field: string }[];
  expect(errors.map((error) => error.field)).toContain(field);
});

test('a letter that lay there has its clock from the day on which it came', async () => {
  const received = new Date(Date.now() - 30 * 3_600_000);
  const { body } = await first.post('requests', {
    instagram: someHandle(),
    received_at: received.toISOString(),
  });
  expect(Date.parse(String(body['due_at']))).toBe(received.getTime() + 72 * 3_600_000);
  const { body: one } = await first.get(`requests/${String(body['id'])}`);
  expect(one).toMatchObject({ clock: 'at risk', received_at: received.toISOString() });
});

test('what a person told us is shown to privacy staff alone, and who looked is in the ledger once an hour', async () => {
  const handle = someHandle();
  const { id } = await open({ instagram: handle });
  expect((await auditor.get(`requests/${id}/contact`)).status).toBe(403);
  expect((await second.get(`requests/${id}`)).body).not.toHaveProperty('instagram');
  const { body } = await second.get(`requests/${id}/contact`);
  expect(body).toEqual({
    instagram: handle.slice(1),
    whatsapp: null,
    description: null,
    reply_to: null,
  });
  await second.get(`requests/${id}/contact`);
  await first.get(`requests/${id}/contact`);
  expect((await actionsOf(id)).slice(1)).toEqual([
    { action: 'data read', what: 'request contact' },
    { action: 'data read', what: 'request contact' },
  ]);
});

test('two members of staff verify a request together, one alone does not, and everything of the person goes', async () => {
  const me = persons.on('whatsapp');
  await me.write('hello');
  const subjectId = await me.subjectId();
  const { id, code } = await open({ whatsapp: me.reference.identifiers[1]?.value });
  const verify = { reason: 'called back on the number' };
  expect((await first.post(`requests/${id}/verify`, verify)).status).toBe(202);
  const alone = await first.post(`requests/${id}/verify`, verify);
  expect(alone.status).toBe(409);
  expect(alone.body['detail']).toContain('another member of staff');
  expect((await status(code)).state).toBe('confirm it is you');

  const { status: confirmed, body } = await second.post(`requests/${id}/verify`, verify);
  expect([confirmed, body]).toEqual([200, { state: 'confirmed' }]);
  await untilEnded(code, 'finished');
  const left = await mayfly.db.selectFrom('mayfly.subjects').select('id').execute();
  expect(left.map((row) => row.id)).not.toContain(subjectId);
  for (const again of [first, second, third])
    expect((await again.post(`requests/${id}/verify`, verify)).body).toEqual({
      state: 'confirmed',
    });
  expect((await actionsOf(id)).slice(1)).toEqual([
    { action: 'verification proposed', reason: 'called back on the number' },
    { action: 'identity verified', by: 'two of staff' },
  ]);
  const { body: timeline } = await first.get(`requests/${id}`);
  expect(timeline).toMatchObject({
    state: 'finished',
    decisions: [{ decision: 'verify', terms: null }],
  });
  const names = (timeline['steps'] as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(['received', 'confirm it is you', 'working', 'erased here', 'finished']);
});

test('another ground is another proposal, which again takes another one to confirm', async () => {
  const { id, code } = await open({ whatsapp: '+15550107001' });
  const verify = (who: typeof first, reason: string) =>
    who.post(`requests/${id}/verify`, { reason, absent: ['whatsapp'] });
  expect((await verify(first, 'came in person')).status).toBe(202);
  expect((await verify(second, 'court order')).status).toBe(202);
  expect((await verify(second, 'court order')).status).toBe(409);
  expect((await verify(first, 'court order')).status).toBe(200);
  expect(await untilEnded(code, 'nothing found')).toMatchObject({ reason: null });
});

test('a handle that finds nobody has to be said to be of somebody, or of nobody', async () => {
  const me = persons.on('instagram');
  await me.write('hello');
  const subjects = [await me.subjectId()];
  const { id, code } = await open({ instagram: someHandle() });
  const verify = { reason: 'seen in the account' };
  const unsure = await first.post(`requests/${id}/verify`, verify);
  expect([unsure.status, unsure.body['detail']]).toEqual([
    409,
    expect.stringContaining('"subjects"'),
  ]);
  const stranger = persons.on('whatsapp');
  await stranger.write('hello');
  for (const wrong of [randomUUID(), await stranger.subjectId()]) {
    const answer = await first.post(`requests/${id}/verify`, { ...verify, subjects: [wrong] });
    expect([answer.status, answer.body['detail']]).toEqual([
      409,
      expect.stringContaining('nobody whom'),
    ]);
  }
  expect((await first.post(`requests/${id}/verify`, { ...verify, subjects })).status).toBe(202);
  // The second one has to mean the same person.
  const absent = { ...verify, absent: ['instagram'] };
  expect((await second.post(`requests/${id}/verify`, absent)).status).toBe(202);
  expect((await first.post(`requests/${id}/verify`, { ...verify, subjects })).status).toBe(202);
  expect((await second.post(`requests/${id}/verify`, { ...verify, subjects })).status).toBe(200);
  await untilEnded(code, 'finished');
  const left = await mayfly.db.selectFrom('mayfly.subjects').select('id').execute();
  expect(left.map((row) => row.id)).not.toContain(subjects[0]);
  expect(left.map((row) => row.id)).toContain(await stranger.subjectId());
  const decisions = await mayfly.db.selectFrom('mayfly.request_decisions').selectAll().execute();
  expect(JSON.stringify(decisions)).not.toContain(subjects[0]);
});

test('two members of staff refuse a request, and the person reads why', async () => {
  const { id, code } = await open({ instagram: someHandle() });
  const refuse = { reason: 'it is about somebody else' };
  expect((await first.post(`requests/${id}/refuse`, refuse)).status).toBe(202);
  expect((await first.post(`requests/${id}/refuse`, refuse)).status).toBe(409);
  expect((await status(code)).reason).toBeNull();
  expect((await second.post(`requests/${id}/refuse`, refuse)).status).toBe(200);
  expect(await untilEnded(code, 'refused')).toMatchObject(refuse);
  expect(await page(code)).toContain('it is about somebody else');
  expect((await third.post(`requests/${id}/refuse`, refuse)).body).toEqual({ state: 'confirmed' });
  expect((await third.post(`requests/${id}/verify`, { reason: 'court order' })).status).toBe(409);
  expect((await actionsOf(id)).slice(1)).toEqual([
    { action: 'refusal proposed', ...refuse },
    { action: 'request refused', ...refuse },
  ]);
});

test.each<[string, unknown]>([
  ['verify', { reason: 'I know them' }],
  ['verify', { reason: 'court order', subjects: ['somebody'] }],
  ['refuse', { reason: 'no time' }],
  ['refuse', {}],
  ['hold', { reason: 'legal claim' }],
  ['hold', { reason: 'legal claim', until: 'tomorrow' }],
  ['hold', { reason: 'legal claim', until: '2020-01-01' }],
  ['hold', { reason: 'legal claim', until: '2099-01-01' }],
])('%s with %j is not understood', async (act, body) => {
  const { id } = (await first.post('requests', { instagram: someHandle() })).body;
  expect((await first.post(`requests/${String(id)}/${act}`, body)).status).toBe(422);
});

test('an erasure is never extended, whoever asks and how often', async () => {
  const { id, code } = await open({ instagram: someHandle() });
  const before = await status(code);
  for (const staff of [first, second]) {
    const answer = await staff.post(`requests/${id}/extend`, { days: 60 });
    expect(answer.status).toBe(409);
    expect(answer.body['detail']).toContain('72 hours');
  }
  expect(await status(code)).toEqual(before);
});

test('a refusal that two of staff decide while Temporal cannot be told is carried out all the same', async () => {
  const { id, code } = await open({ instagram: someHandle() });
  // As if the wake of the second confirmation was lost: only the row says it.
  await mayfly.db
    .updateTable('mayfly.requests')
    .set({ refused_at: new Date(), reason: 'it is about somebody else' })
    .where('id', '=', id)
    .execute();
  await eventually(async () => {
    const options = { taskQueue: 'privacy', workflowId: `reconcile-${randomUUID()}`, args: [] };
    await mayfly.privacyClient.workflow.execute('reconcileRequests', options);
    expect((await status(code)).outcome).toBe('refused');
  });
});

test('an auditor reads one request with its timeline, and those that have ended, and changes neither', async () => {
  const handle = someHandle();
  const { id } = await open({ instagram: handle });
  expect((await auditor.get(`requests/${id}`)).body).toMatchObject({ id, closed_at: null });
  for (const member of [first, second])
    await member.post(`requests/${id}/refuse`, { reason: 'it is about somebody else' });
  const idsOf = async (state: string) =>
    ((await auditor.get(`requests?state=${state}`)).body['requests'] as { id: string }[]).map(
      (one) => one.id,
    );
  await eventually(async () => expect(await idsOf('closed')).toContain(id));
  expect(await idsOf('open')).not.toContain(id);
  expect((await auditor.get('requests?state=lost')).status).toBe(422);
  const refused = await auditor.post(`requests/${id}/refuse`, {
    reason: 'it is about somebody else',
  });
  expect(refused.status).toBe(403);
});
