import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What a process counts. Labels are fixed words of ours; nothing about a person can become one. */
export type Metrics = ReturnType<typeof createMetrics>;

/** A registry of its own for each process, so that tests can have several. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    webhooks: new Counter({
      name: 'mayfly_webhooks_total',
      help: 'Webhooks by channel and HTTP status.',
      labelNames: ['channel', 'status'],
      registers,
    }),
    webhookSeconds: new Histogram({
      name: 'mayfly_webhook_seconds',
      help: 'Time from the last byte of a webhook to its acknowledgement.',
      labelNames: ['channel'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    unproven: new Counter({
      name: 'mayfly_unproven_calls_total',
      help: "Calls at Meta's doors that were not proven to be Meta's, by door and by whether their proof was wrong or missing.",
      labelNames: ['type', 'reason'],
      registers,
    }),
    events: new Counter({
      name: 'mayfly_webhook_events_total',
      help: 'Items of webhooks by channel, type and what became of them.',
      labelNames: ['channel', 'type', 'result'],
      registers,
    }),
    wakes: new Counter({
      name: 'mayfly_wakes_total',
      help: 'Conversations woken, by who did it and whether it worked.',
      labelNames: ['by', 'result'],
      registers,
    }),
    sends: new Counter({
      name: 'mayfly_sends_total',
      help: 'Attempts to send a part of a reply, by channel and outcome.',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    deliveries: new Counter({
      name: 'mayfly_deliveries_total',
      help: 'Parts of replies whose sending took another course than plain success, by channel and what happened.',
      labelNames: ['channel', 'outcome'],
      registers,
    }),
    mails: new Counter({
      name: 'mayfly_mails_total',
      help: 'Tries to send a mail about a privacy request, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    suppressed: new Counter({
      name: 'mayfly_suppressed_total',
      help: 'Replies of which nothing, or nothing more, was sent, by what forbade it.',
      labelNames: ['reason'],
      registers,
    }),
    silences: new Counter({
      name: 'mayfly_silences_total',
      help: 'Conversations in which somebody wrote and is answered by nobody, once a pause for a human, by why.',
      labelNames: ['reason'],
      registers,
    }),
    repetitions: new Counter({
      name: 'mayfly_repetitions_total',
      help: 'Turns in which a person, or a program in their place, wrote the same again and again, by whether they were told.',
      labelNames: ['result'],
      registers,
    }),
    purgedPeople: new Counter({
      name: 'mayfly_purged_people_total',
      help: 'People who were forgotten because they had not written for so long.',
      registers,
    }),
    overduePeople: new Gauge({
      name: 'mayfly_overdue_people',
      help: 'People who should be gone by the policy and are not, at the last proof. Anything but 0 is an alert.',
      registers,
    }),
    heldPeople: new Gauge({
      name: 'mayfly_held_people',
      help: 'People whom a legal hold keeps, at the last proof of the purge.',
      registers,
    }),
    purgeProven: new Gauge({
      name: 'mayfly_purge_proven_timestamp_seconds',
      help: 'When this process last asked whether anybody is overdue; 0 when it has not. Every two hours some process must.',
      registers,
    }),
    accountsPaused: new Gauge({
      name: 'mayfly_accounts_paused',
      help: 'Business accounts that cannot send, at the last sweep. Their replies wait.',
      registers,
    }),
    modelFault: new Gauge({
      name: 'mayfly_model_fault',
      help: '1 while the key, address or account of the model is refused, as far as this process knows.',
      registers,
    }),
    waiting: new Gauge({
      name: 'mayfly_conversations_waiting',
      help: 'Conversations that the sweep found waiting too long, at its last run.',
      registers,
    }),
  };
}

/** Shows how old the key is that seals the key ring, at each look. */
export function measureRootKey(registry: Registry, madeAt: () => Date): void {
  new Gauge({
    name: 'mayfly_root_key_age_seconds',
    help: 'How old the root key of the key ring is. 86400 or more is an alert: it is to be replaced every day.',
    registers: [registry],
    collect() {
      this.set((Date.now() - madeAt().getTime()) / 1000);
    },
  });
}

/** Every label that a metric may have. */
export const METRIC_LABELS = [
  'channel',
  'status',
  'type',
  'result',
  'by',
  'outcome',
  'reason',
] as const;
