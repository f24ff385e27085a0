import { Client, Connection } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { conversationId } from '../../domain/conversation.ts';
import { erasureId } from '../../domain/erasure.ts';
import { startFakeMailServer } from '../fakes/mail/fake-mail-server.ts';
import { graphError } from '../fakes/meta/graph-bodies.ts';
import { eventually } from '../support/eventually.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import type { OpenedRequest } from '../support/privacy-desk.ts';
import { goneWithin } from '../system/controlled-process.ts';
import { namespacesOf, startMayfly } from '../system/processes.ts';
import { startServers } from '../system/servers.ts';
import { CHECKS } from './check-journal.ts';
import { person, recordMayfly } from './recorder.ts';
import { untilDone } from './until-done.ts';

const NAME = 'mayfly';
const TIMED_OUT_WITHOUT_HEARTBEAT = 4;
/** How long a conversation's activity may be silent, three times over. */
const LONGER_THAN_SILENCE_MS = 6_000;
const ERASED_WITHIN_MS = 120_000;
const ACCOUNT = '106540352242922';

const namespaces = namespacesOf(NAME);
const [mail, servers] = await Promise.all([
  startFakeMailServer(),
  startServers({ namespaces: Object.values(namespaces) }),
]);
const mayfly = await startMayfly({
  ...{ servers, name: NAME },
  environment: {
    ...{ TURN_DEADLINE: '40s', EVIDENCE_WAIT: '2s', LLM_RETENTION_DAYS: '0' },
    ...{ MAYFLY_FAIL_POINT: 'told', SMTP_URL: mail.url },
  },
});
const connection = await Connection.connect({ address: servers.temporalAddress });
const conversations = new Client({ connection, namespace: namespaces.conversations });
const privacy = new Client({ connection, namespace: namespaces.privacy });

afterAll(async () => {
  await mayfly.close();
  await connection.close();
  await Promise.all([servers.close(), mail.close()]);
});

/** From here on the worker dies as soon as it has begun this activity. */
const armed = async (activity: string) =>
  expect(await mayfly.worker.ask(`in ${activity}`)).toBe('armed');

/** Waits until the worker is dead, and puts another one in its place, which dies in `next`, if there is one. */
async function replaced(next?: string): Promise<void> {
  expect(await goneWithin(mayfly.worker, 60_000)).toEqual({ code: null, signal: 'SIGKILL' });
  await mayfly.worker.start(next === undefined ? {} : { MAYFLY_FAIL_POINT: `in ${next}` });
}

/** How often each activity was begun, and what the server says of the attempt before the last. */
function begun({ events }: History, activity: string) {
  const scheduled = (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === activity,
  );
  return (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) =>
    scheduled.some(({ eventId }) => started?.scheduledEventId?.equals(eventId ?? 0))
      ? [
          {
            attempt: started?.attempt,
            lastFailure: started?.lastFailure?.timeoutFailureInfo?.timeoutType ?? null,
          },
        ]
      : [],
  );
}
const TAKEN_OVER = { attempt: 2, lastFailure: TIMED_OUT_WITHOUT_HEARTBEAT };

let people = 0;
interface Conversed {
  channel: 'whatsapp' | 'instagram';
  /** How long the model takes, in milliseconds. */
  afterMs?: number;
  /** What happens while they wait for their answer. */
  meanwhile?: () => Promise<void>;
}

/** Somebody new writes, and gets one text: returns the history of their conversation. */
async function conversed({ channel, afterMs = 0, meanwhile }: Conversed): Promise<History> {
  people += 1;
  const author = person(channel, people);
  const nextReply = () => ({ words: 3, afterMs });
  const recorder = recordMayfly(mayfly, { people: [author], tells: () => false, nextReply });
  await recorder.write(author);
  await meanwhile?.();
  await untilDone(mayfly.db, recorder);
  recorder.close();
  const { journal } = recorder;
  const problems = (['no loss', 'one effect', 'order', 'queues empty'] as const).flatMap((name) =>
    CHECKS[name](journal),
  );
  expect({ problems, texts: journal.deliveries.length }).toEqual({ problems: [], texts: 1 });
  const { id } = await newest('mayfly.subjects', 'created_at');
  return conversations.workflow.getHandle(conversationId(id)).fetchHistory();
}

test('a worker that dies while a reply is written is missed, and the person gets their answer', async () => {
  await armed('writeReply');
  const history = await conversed({ channel: 'whatsapp', meanwhile: replaced });
  expect(begun(history, 'writeReply')).toEqual([TAKEN_OVER]);
});

test('a worker that dies while the fallback is written is missed, and the person gets the honest words', async () => {
  mayfly.model.plan({ status: 400 });
  await armed('writeFallback');
  const history = await conversed({ channel: 'whatsapp', meanwhile: replaced });
  expect(begun(history, 'writeFallback')).toEqual([TAKEN_OVER]);
});

test('a worker that dies while it looks for evidence is missed, and the text is found and not sent again', async () => {
  mayfly.meta.plan('execute then drop');
  await armed('reconcile');
  const history = await conversed({ channel: 'instagram', meanwhile: replaced });
  expect(begun(history, 'reconcile')[0]).toEqual(TAKEN_OVER);
});

test('a worker that dies while it sends for the workflow is missed with the step, and the text goes out once', async () => {
  mayfly.meta.plan(graphError({ code: 130429, status: 429 }));
  await armed('deliver');
  const { events } = await conversed({ channel: 'whatsapp', meanwhile: replaced });
  const missed = events?.filter((event) => event.workflowTaskTimedOutEventAttributes);
  expect(missed?.length).toBeGreaterThan(0);
});

test('a worker that waits for a slow model is not taken for a dead one', async () => {
  const history = await conversed({ channel: 'whatsapp', afterMs: LONGER_THAN_SILENCE_MS });
  expect(begun(history, 'writeReply')).toEqual([{ attempt: 1, lastFailure: null }]);
});

test.each(['wakeOverdue', 'dropAddresses', 'tendWaitingReplies', 'tellOfSilence'])(
  'a worker that dies in the sweep (%s) is missed, and the sweep goes on',
  async (activity) => {
    await armed(activity);
    await replaced();
    await eventually(async () => {
      const runs = await Array.fromAsync(
        conversations.workflow.list({ query: `WorkflowType = 'dispatchSweep'` }),
      );
      const histories = await Promise.all(
        runs.map(({ workflowId, runId }) =>
          conversations.workflow.getHandle(workflowId, runId).fetchHistory(),
        ),
      );
      const begins = histories.map((history) => begun(history, activity));
      expect(begins).toContainEqual([TAKEN_OVER]);
    });
  },
);

test('a worker that dies while a request waits for mail, Temporal or Meta is missed, and the person is erased and told once', async () => {
  people += 1;
  const author = person('whatsapp', people);
  const recorder = recordMayfly(mayfly, { people: [author] });
  await recorder.write(author);
  await untilDone(mayfly.db, recorder);
  recorder.close();
  const { id: subjectId } = await newest('mayfly.subjects', 'created_at');

  await armed('mailPerson');
  const desk = privacyDesk({ url: (path) => `http://127.0.0.1:${mayfly.settings['PORT']}${path}` });
  const to = 'person@example.org';
  const body = { right: 'erasure', whatsapp: `+${author.address}`, reply_to: to };
  const { code, verification } = (await (
    await desk.postJson('/privacy/requests', body)
  ).json()) as OpenedRequest;
  await replaced('eraseSubject');
  const { id: requestId } = await newest('mayfly.requests', 'received_at');
  const request = privacy.workflow.getHandle(`request/${requestId}`);
  // The worker that dies next must not take the mail with it: the mail is over when its end stands in the history.
  await eventually(async () =>
    expect(begun(await request.fetchHistory(), 'mailPerson')).toEqual([TAKEN_OVER]),
  );

  const { webhooks } = mayfly;
  const confirmation = { from: author.address, phoneNumberId: ACCOUNT, text: verification.phrase };
  await mayfly.post('whatsapp', webhooks.whatsAppTextWebhook(confirmation));
  await replaced('untilExecutionsGone');
  await replaced('tellPerson');
  await replaced();
  await eventually(
    async () => expect((await desk.status(code)).outcome).toBe('finished'),
    ERASED_WITHIN_MS,
  );

  const history = await request.fetchHistory();
  const erasure = await privacy.workflow.getHandle(erasureId(subjectId)).fetchHistory();
  expect(begun(erasure, 'untilExecutionsGone')).toEqual([TAKEN_OVER]);
  expect(begun(history, 'tellPerson')).toEqual([TAKEN_OVER]);
  expect(begun(history, 'eraseSubject').at(-1)?.lastFailure).toBe(TIMED_OUT_WITHOUT_HEARTBEAT);
  const last = (texts: readonly string[]) =>
    texts.filter((text) => text.includes('has deleted everything'));
  expect(last(mayfly.meta.sent.map(({ text }) => text))).toHaveLength(1);
  expect(last(mail.received.map(({ text }) => text))).toHaveLength(1);
}, 300_000);

async function newest(
  table: 'mayfly.subjects' | 'mayfly.requests',
  by: 'created_at' | 'received_at',
) {
  return mayfly.db
    .selectFrom(table)
    .select('id')
    .orderBy(by, 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
}
