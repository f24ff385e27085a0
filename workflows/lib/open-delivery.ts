import {
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type {
  ConversationActivities,
  DeliverResult,
  ReplyReference,
} from '../../activities/conversation-activities.ts';
import { EVIDENCE_SIGNAL, RESUMED_SIGNAL } from '../../domain/conversation.ts';
import { HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './activity-options.ts';
import { deliverReply } from './deliver-reply.ts';
import type { Delivered } from './deliver-reply.ts';

const evidence = defineSignal(EVIDENCE_SIGNAL);
const resumed = defineSignal(RESUMED_SIGNAL);

// Delivering is a local activity: its state machine lives in the database, so a repeated run finds its own traces.
const { deliver } = proxyLocalActivities<ConversationActivities>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
});
const { reconcile } = proxyActivities<ConversationActivities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  retry: UNTIL_IT_WORKS,
});

/**
 * Listens for news of deliveries, and hands back what sends a reply to its end. Each piece of news ends one wait, also
 * when it comes before the wait: evidence can overtake the answer that is still missing.
 */
export function openDelivery(): (
  reply: ReplyReference,
  begun?: DeliverResult,
) => Promise<Delivered> {
  let hasNews = false;
  const tell = () => {
    hasNews = true;
  };
  setHandler(evidence, tell);
  setHandler(resumed, tell);
  const news = async (ms: number) => {
    await condition(() => hasNews, ms);
    hasNews = false;
  };
  const ports = { deliver, reconcile, news, sleep: untilMetaTakesIt };
  return (reply, begun) => deliverReply(reply, ports, begun);
}

function untilMetaTakesIt(ms: number): Promise<void> {
  return sleep(ms, { summary: 'until Meta takes the reply' });
}
