import { Worker } from '@temporalio/worker';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conversationId } from '../../domain/conversation.ts';
import { createPayloadCodec } from '../../lib/temporal/payload-codec.ts';
import { FAILURE_CONVERTER_PATH } from '../../lib/temporal/data-converter.ts';
import { workflowBundle } from '../../worker/bundle.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';
import { isTemporalsOwn, unknownFields } from '../support/payload-forms.ts';
import { historyText, payloadValues, plainHistory } from '../support/plain-history.ts';

const RECORDED = join(import.meta.dirname, '..', 'histories');
const MARKER = 'a-very-personal-marker';
const FROM = '15550102468';

const mayfly = await createInstallation({ SESSION_IDLE: '4s', TURN_DEADLINE: '3s' });
const codec = createPayloadCodec(mayfly.ring.secret('payload codec'));

/** Three turns of one session: an answer, a burst with a model that fails once, a model that stays away; then its end. */
async function converse(): Promise<string> {
  const write = (text: string) =>
    mayfly.post(
      'whatsapp',
      mayfly.webhooks.whatsAppTextWebhook({ from: FROM, phoneNumberId: ACCOUNTS.whatsapp, text }),
    );
  await write(`hello, ${MARKER}`);
  await mayfly.sent(1);
  mayfly.model.plan({ status: 500 });
  await Promise.all([write('and one'), write('and two'), write('and three')]);
  await mayfly.sent(2);
  mayfly.model.usually({ status: 400 });
  await write('and nothing');
  await mayfly.sent(3);
  const { id } = await mayfly.db
    .selectFrom('mayfly.subjects')
    .select('id')
    .executeTakeFirstOrThrow();
  await mayfly.client.workflow.getHandle(conversationId(id)).result();
  return conversationId(id);
}

const workflowId = await converse();
const history = await plainHistory(mayfly.client, codec, workflowId);
if (process.env['RECORD_HISTORIES'] === '1') {
  mkdirSync(RECORDED, { recursive: true });
  writeFileSync(join(RECORDED, 'conversation.json'), historyText(history));
}
const recorded = readdirSync(RECORDED).filter((name) => name.endsWith('.json'));

test('a turn that answers a burst, with a model that failed once, costs at most eleven events', () => {
  const types = (history.events ?? []).map(({ eventType }) => String(eventType));
  const wakes = types.flatMap((type, index) =>
    type.endsWith('EXECUTION_SIGNALED') || type === '26' ? [index] : [],
  );
  expect(wakes).toHaveLength(3);
  expect((wakes[2] ?? 0) - (wakes[1] ?? 0)).toBeLessThanOrEqual(11);
});

test('every payload that Temporal stores has only fields of the inventory, in their plain forms', () => {
  const values = payloadValues(history).filter((value) => !isTemporalsOwn(value));
  expect(values.length).toBeGreaterThan(5);
  expect(values.flatMap(unknownFields)).toEqual([]);
  expect(unknownFields({ text: 'x' })).toEqual(['text']);
});

test('nothing that the person typed or is reached by is in the history, opened as it is', () => {
  const text = historyText(history) + JSON.stringify(payloadValues(history));
  expect(text).toContain(workflowId);
  for (const personal of [MARKER, FROM, 'wamid', 'You said']) expect(text).not.toContain(personal);
});

test('Temporal itself stores every payload, and every failure message, sealed', async () => {
  const raw = JSON.stringify(await mayfly.client.workflow.getHandle(workflowId).fetchHistory());
  expect(raw).not.toContain('did not answer');
  expect(raw).not.toContain('subjectId');
  const opened = JSON.stringify(payloadValues(history));
  expect(opened).toContain('did not answer');
  expect(opened).toContain('subjectId');
});

test.each(recorded)(
  'the recorded history %s replays on the workflows as they are now',
  async (name) => {
    const json: unknown = JSON.parse(readFileSync(join(RECORDED, name), 'utf8'));
    const workflow = { codePath: await workflowBundle() };
    const options = {
      workflowBundle: workflow,
      dataConverter: { failureConverterPath: FAILURE_CONVERTER_PATH },
    };
    await Worker.runReplayHistory(options, json, workflowId);
  },
);

test('a wake of the sweep answers a message whose own wake was lost', async () => {
  const { id } = await mayfly.db
    .selectFrom('mayfly.subjects')
    .select('id')
    .executeTakeFirstOrThrow();
  mayfly.model.usually(() => ({ reply: 'late but here' }));
  // As after a crash between commit and wake: the message waits, and nobody looks after it.
  await mayfly.db
    .updateTable('mayfly.messages')
    .set({ reply_id: null })
    .where('subject_id', '=', id)
    .where('kind', '=', 'text')
    .execute();
  await mayfly.db
    .updateTable('mayfly.subjects')
    .set({ wake_since: new Date(0), human_until: null })
    .where('id', '=', id)
    .execute();
  await mayfly.client.workflow.start('dispatchSweep', {
    taskQueue: 'conversations',
    workflowId: 'sweep',
    args: [],
  });
  await eventually(() => expect(mayfly.meta.sent.at(-1)?.text).toContain('late but here'));
});
