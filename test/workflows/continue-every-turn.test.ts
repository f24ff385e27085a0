import { conversationId } from '../../domain/conversation.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';
import { shortRunsServerAddress } from '../support/temporal-servers.ts';

const mayfly = await createInstallation({
  TEMPORAL_ADDRESS: shortRunsServerAddress(),
  SESSION_IDLE: '8s',
});

const write = (text: string) =>
  mayfly.post(
    'whatsapp',
    mayfly.webhooks.whatsAppTextWebhook({
      from: '15550104321',
      phoneNumberId: ACCOUNTS.whatsapp,
      text,
    }),
  );

async function subjectId(): Promise<string> {
  return (await mayfly.db.selectFrom('mayfly.subjects').select('id').executeTakeFirstOrThrow()).id;
}

test('a conversation that continues as new after every turn answers every message once and keeps its memory', async () => {
  const texts = Array.from({ length: 6 }, (_, n) => `message ${n}`);
  for (const text of texts) {
    await write(text);
    await mayfly.sent(texts.indexOf(text) + 1);
  }
  mayfly.model.plan(({ turns }) => ({ reply: turns.map((turn) => turn.text).join('|') }));
  await write('all of it');
  const replies = await mayfly.sent(7);
  expect(replies).toHaveLength(7);
  for (const text of texts) expect(replies[6]).toContain(text);
  const query = `WorkflowId = '${conversationId(await subjectId())}'`;
  await eventually(async () =>
    expect((await mayfly.client.workflow.count(query)).count).toBeGreaterThan(1),
  );
});

test('messages that arrive while a run hands over to the next are not lost', async () => {
  const before = mayfly.meta.sent.length;
  mayfly.model.usually(({ turns }) => ({
    reply: `heard ${turns.filter(({ role }) => role === 'person').length}`,
  }));
  for (let n = 0; n < 15; n += 1) {
    await write(`quick ${n}`);
    await new Promise((resolve) => setTimeout(resolve, n * 7));
  }
  await eventually(async () => {
    const waiting = await mayfly.db
      .selectFrom('mayfly.messages')
      .select('id')
      .where('reply_id', 'is', null)
      .execute();
    expect(waiting).toEqual([]);
  });
  expect(mayfly.meta.sent.length).toBeGreaterThan(before);
});

test('after a time of silence the session ends, and the address goes when the messaging window closes', async () => {
  const id = await subjectId();
  const latest = mayfly.client.workflow.getHandle(conversationId(id));
  await eventually(async () => expect((await latest.describe()).status.name).toBe('COMPLETED'));
  const addresses = () =>
    mayfly.db
      .selectFrom('mayfly.addresses')
      .select('subject_id')
      .where('subject_id', '=', id)
      .execute();
  const sweep = (n: number) =>
    mayfly.client.workflow.execute('dispatchSweep', {
      taskQueue: 'conversations',
      workflowId: `sweep ${n}`,
      args: [],
    });
  await sweep(1);
  expect(await addresses()).toHaveLength(1);
  await mayfly.db
    .updateTable('mayfly.addresses')
    .set({ window_closes_at: new Date(Date.now() - 1_000) })
    .execute();
  await sweep(2);
  expect(await addresses()).toHaveLength(0);
});
