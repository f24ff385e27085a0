import { nowMs } from '../measure/clock.ts';
import type { SignedWebhook } from '../../test/fakes/meta/webhooks.ts';
import type { Fakes, Taken } from '../servers/fakes.ts';
import { newMessage } from './people.ts';
import type { Person } from './people.ts';
import { createWebhookPoster } from './webhook-poster.ts';

/** One webhook and its acknowledgement. Times are of `nowMs`. */
export interface Acknowledged {
  /** When it was to be sent; the sender itself may have been late. */
  dueAt: number;
  sentAt: number;
  acknowledgedAt: number;
  /** The HTTP status; 0 when there was no answer at all. */
  status: number;
}

/** One message and what became of it. */
export interface Asked extends Acknowledged {
  person: Person;
  /** What Meta was handed in answer; null when nothing came in time. */
  answer: Taken | null;
}

/** Everybody who writes to one system, and hears its answers. */
export interface Crowd {
  /** Sends a webhook, and resolves once it is acknowledged. */
  send(webhook: SignedWebhook, dueAt?: number): Promise<Acknowledged>;
  /** Sends a message, and resolves once it is acknowledged and answered. */
  ask(person: Person, dueAt?: number): Promise<Asked>;
  /** Answers that came once more for the same message, or when no caller was waiting for one any more. */
  unexpected(): number;
  close(): void;
}

const PATIENCE_MS = 30_000;

export function createCrowd({ fakes, webhookUrl }: { fakes: Fakes; webhookUrl: string }): Crowd {
  const poster = createWebhookPoster();
  const waiting = new Map<number, { person: Person; resolve: (taken: Taken | null) => void }>();
  let unexpected = 0;
  fakes.onTaken((taken) => {
    if (!waiting.has(taken.message)) unexpected += 1;
    // One answer covers everything that this person wrote until then.
    for (const [number, { person, resolve }] of waiting) {
      const isTheirs = taken.text.to.endsWith(person.phone);
      if (isTheirs && number <= taken.message) resolve(taken);
    }
  });
  const answerTo = async (number: number, person: Person) => {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Taken | null>((resolve) => {
        waiting.set(number, { person, resolve });
        timer = setTimeout(() => resolve(null), PATIENCE_MS);
      });
    } finally {
      clearTimeout(timer);
      waiting.delete(number);
    }
  };
  const send = async (webhook: SignedWebhook, dueAt = nowMs()): Promise<Acknowledged> => {
    const sentAt = nowMs();
    const status = await poster.post(webhookUrl, webhook).catch(() => 0);
    return { dueAt, sentAt, acknowledgedAt: nowMs(), status };
  };
  return {
    send,
    ask: async (person, dueAt) => {
      const { number, webhook } = newMessage(person);
      const answered = answerTo(number, person);
      return { ...(await send(webhook, dueAt)), person, answer: await answered };
    },
    unexpected: () => unexpected,
    close: () => poster.close(),
  };
}
