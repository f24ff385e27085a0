import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import type { ReplyReference } from '../../activities/conversation-activities.ts';
import { createDeliver } from '../../activities/deliver.ts';
import type { DeliverDeps } from '../../activities/deliver.ts';
import type { DeliveryCounts } from '../../activities/delivery-counts.ts';
import { evenWaits } from '../../activities/evidence-waits.ts';
import { createLookInThread } from '../../activities/look-in-thread.ts';
import { createReconcile } from '../../activities/reconcile.ts';
import type { EventResult } from '../../api/webhooks/ingest-deps.ts';
import { takeEcho, takeStatus } from '../../api/webhooks/take-evidence.ts';
import type { Channel } from '../../domain/channels.ts';
import type { WebhookEvent } from '../../domain/events.ts';
import { createKeyRing, FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import { createGraphClient } from '../../lib/meta/graph-client.ts';
import { parseInstagramWebhook } from '../../lib/meta/instagram-webhook.ts';
import { parseWhatsAppWebhook } from '../../lib/meta/whatsapp-webhook.ts';
import { connectDatabase } from '../../store/database.ts';
import { storeMessages } from '../../store/conversation/inbox.ts';
import { planReply } from '../../store/outbox/outbox.ts';
import type { PlannedReply } from '../../store/outbox/outbox.ts';
import { People } from '../../store/people/people.ts';
import { inTransaction } from '../../store/transaction.ts';
import { deliverReply } from '../../workflows/lib/deliver-reply.ts';
import type { DeliveryPorts } from '../../workflows/lib/deliver-reply.ts';
import { startFakeMeta } from '../fakes/meta/fake-meta.ts';
import type { SentText } from '../fakes/meta/fake-meta.ts';
import { createMetaWebhooks } from '../fakes/meta/webhooks.ts';
import type { SignedWebhook } from '../fakes/meta/webhooks.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testDatabase } from '../support/test-postgres.ts';

export const ACCOUNTS = { whatsapp: '106540352242922', instagram: '17841400000000000' } as const;
const PARSERS = { whatsapp: parseWhatsAppWebhook, instagram: parseInstagramWebhook };
const WAIT_MS = 40;
/** Longer than any call to the fake that answers, so that only a call without an answer meets it. */
const TIMEOUT_MS = 1_500;

/**
 * The outbox with a real database and a fake Meta, without Temporal: the same loop as the workflow's, with short waits.
 * Create it at the top level of a test file.
 */
export async function createStage() {
  const folder = temporaryFolder();
  const [database, meta] = await Promise.all([testDatabase(), startFakeMeta()]);
  const paths = { ringFile: join(folder, 'ring'), rootKeyFile: join(folder, 'root') };
  createKeyRing(paths);
  const ring = FileKeyRing.open(paths);
  const { db } = connectDatabase({
    connectionString: database.connectionString,
    maxConnections: 8,
    onIdleError: () => undefined,
  });
  const people = new People({ ring, cache: new SubjectKeyCache({ capacity: 100, now: Date.now }) });
  const graph = createGraphClient({
    graphUrls: { whatsapp: meta.url, instagram: meta.url },
    accessTokens: { whatsapp: 'token', instagram: 'token' },
    timeoutMs: TIMEOUT_MS,
  });
  afterAll(async () => {
    graph.close();
    await db.destroy();
    ring.close();
    await meta.close();
    await database.drop();
  });

  const webhooks = createMetaWebhooks({ whatsapp: 'secret', instagram: 'secret' });
  const counted = new Map<string, number>();
  const count = (event: string) => void counted.set(event, (counted.get(event) ?? 0) + 1);
  const counts: DeliveryCounts = {
    attempted: () => undefined,
    happened: (_channel, event) => count(event),
    suppressed: (reason) => count(`suppressed: ${reason}`),
  };
  const deps: DeliverDeps = {
    db,
    people,
    graph,
    counts,
    humanPauseMs: 60_000,
    waits: evenWaits(WAIT_MS),
  };
  const look = createLookInThread({ ...deps, readThread: graph.readThread });
  const deliver = createDeliver(deps);
  const reconcile = createReconcile({ ...deps, look });
  const settled = new Set<string>();

  /** As Meta's webhook would arrive, without HTTP. Returns what became of its events. */
  async function post(channel: Channel, { body }: SignedWebhook): Promise<EventResult[]> {
    const { events } = PARSERS[channel](JSON.parse(body.toString('utf8')));
    const results = await Promise.all(events.map(take));
    for (const one of results) {
      if (one === 'duplicate confirmed' || one === 'failed afterwards') count(one);
    }
    return results;
  }

  function take(event: WebhookEvent): Promise<EventResult> {
    return inTransaction(db, async (trx): Promise<EventResult> => {
      if (event.type === 'status') return takeStatus(trx, deps, event, settled);
      if (event.type === 'echo') return takeEcho(trx, deps, event, settled);
      if (event.type !== 'message') throw new Error('the stage knows no such event');
      const cipher = await people.findOrCreate(trx, event.person, event.at);
      const [address] = event.person.identifiers;
      const { results } = await storeMessages(trx, cipher, [{ ...event, address }]);
      return results[0] ?? 'repeated';
    });
  }

  /** What the workflow gives to the loop. `whileWaiting` runs once, at the beginning of the first wait for news. */
  function portsFor(
    { subjectId }: ReplyReference,
    whileWaiting?: () => Promise<unknown>,
  ): DeliveryPorts {
    let pending = whileWaiting;
    return {
      deliver,
      reconcile,
      sleep: () => Promise.resolve(),
      news: async (ms) => {
        const act = pending;
        pending = undefined;
        await act?.();
        const endsAt = Date.now() + Math.min(ms, 10 * WAIT_MS);
        while (!settled.has(subjectId) && Date.now() < endsAt) await sleep(5);
        settled.delete(subjectId);
      },
    };
  }

  let persons = 0;
  /** A person who has written, and whose address is therefore known. */
  async function somebody(channel: Channel) {
    persons += 1;
    const address =
      channel === 'whatsapp' ? `1555020${1000 + persons}` : `20000000000${1000 + persons}`;
    const write = (text: string) =>
      post(
        channel,
        channel === 'whatsapp'
          ? webhooks.whatsAppTextWebhook({ from: address, phoneNumberId: ACCOUNTS.whatsapp, text })
          : webhooks.instagramTextWebhook({ from: address, account: ACCOUNTS.instagram, text }),
      );
    await write('hello');
    const { id: subjectId } = await db
      .selectFrom('mayfly.subjects')
      .select('id')
      .orderBy('created_at', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    /** A reply of these parts to everything that waits. */
    const plan = async (
      parts: string[],
      reply: Partial<PlannedReply> = {},
    ): Promise<ReplyReference> => {
      const replyId = randomUUID();
      await inTransaction(db, async (trx) => {
        const answers = await trx
          .selectFrom('mayfly.messages')
          .select('id')
          .where('subject_id', '=', subjectId)
          .where('reply_id', 'is', null)
          .execute();
        await planReply(trx, await people.cipher(trx, subjectId), {
          ...{ id: replyId, sessionId: null, turn: null, origin: 'model', action: 'continue' },
          ...{ discloses: false, parts, answers },
          ...reply,
        });
      });
      return { subjectId, replyId };
    };
    return { channel, address, subjectId, write, plan };
  }

  /** All that Meta would show of a text by itself: a status on WhatsApp, an echo on Instagram. */
  const show = (sent: SentText) =>
    post(
      sent.channel,
      sent.channel === 'whatsapp'
        ? webhooks.statusWebhook(sent, 'delivered')
        : webhooks.echoWebhook(sent),
    );

  return {
    ...{
      db,
      people,
      graph,
      meta,
      webhooks,
      deps,
      counts,
      deliver,
      reconcile,
      post,
      show,
      somebody,
    },
    counted: () => Object.fromEntries(counted),
    send: (reply: ReplyReference, whileWaiting?: () => Promise<unknown>) =>
      deliverReply(reply, portsFor(reply, whileWaiting)),
    portsFor,
    parts: ({ replyId }: ReplyReference) =>
      db
        .selectFrom('mayfly.deliveries')
        .selectAll()
        .where('reply_id', '=', replyId)
        .orderBy('part')
        .execute(),
    subject: ({ subjectId }: { subjectId: string }) =>
      db
        .selectFrom('mayfly.subjects')
        .selectAll()
        .where('id', '=', subjectId)
        .executeTakeFirstOrThrow(),
    /** Forgets what was planned, sent and counted before. */
    reset: () => {
      meta.forgetPlans();
      meta.sent.length = 0;
      counted.clear();
    },
  };
}
