import { setTimeout as pause } from 'node:timers/promises';
import type { Channel } from '../../domain/channels.ts';
import type { FakeModelRequest } from '../fakes/llm/fake-model.ts';
import type { SentText } from '../fakes/meta/fake-meta.ts';
import type { SignedWebhook } from '../fakes/meta/webhooks.ts';
import type { Mayfly } from '../system/processes.ts';
import { emptyJournal, messagesIn, replyText } from './journal.ts';
import type { Delivery, Journal, Question } from './journal.ts';

/** Somebody who writes. `name` is what the journal calls them. */
export interface Person {
  name: string;
  channel: Channel;
  /** As Meta's webhooks have it: the digits of a phone number, or an Instagram-scoped id. */
  address: string;
}

/** Another person for each number. */
export function person(channel: Channel, number: number): Person {
  const digits = String(number).padStart(5, '0');
  return channel === 'whatsapp'
    ? { name: `w${number}`, channel, address: `155502${digits}` }
    : { name: `i${number}`, channel, address: `3000000000${digits}` };
}

export interface RecorderOptions {
  people: readonly Person[];
  /** Whether Meta tells of a text with a status or an echo, as it does unless told otherwise. */
  tells?: (sent: SentText) => boolean;
  /** How many words the next reply has, and how long the model takes for it. */
  nextReply?: () => { words: number; afterMs: number };
}

export interface Recorder {
  journal: Journal;
  /**
   * The person writes a message, and Meta hands it over, again and again until it is acknowledged. Returns what hands the
   * same webhook over once more, as Meta does now and then.
   */
  write(author: Person): Promise<() => Promise<void>>;
  /** The person asks to be left alone. */
  stop(author: Person): Promise<void>;
  /** Which delivery has this id of Meta's, so that what becomes of its answer can be told. */
  deliveryOf(providerId: string): Delivery | undefined;
  /** Whether Meta has told all that it had to tell. */
  isQuiet(): boolean;
  /** Nothing more is written down, and Meta gives up what it could not hand over. */
  close(): void;
}

/** The business's own accounts. */
const ACCOUNTS = { whatsapp: '106540352242922', instagram: '17841400000000000' } as const;

/** Meta repeats later; here it is in more of a hurry. */
const REPEAT_MS = 300;
const ANSWER_DEADLINE_MS = 10_000;

/** Keeps the journal of a Mayfly: plays Meta and the model for it, and writes down what they see. */
export function recordMayfly(
  mayfly: Pick<Mayfly, 'meta' | 'model' | 'webhooks' | 'post'>,
  options: RecorderOptions,
): Recorder {
  const { people, tells = () => true } = options;
  const journal = emptyJournal(people.map(({ name }) => name));
  const deliveries = new Map<string, Delivery>();
  const counts = new Map<string, number>();
  const stopped = new AbortController();
  let untold = 0;

  const handOver = async (
    channel: Channel,
    webhook: SignedWebhook,
    onTry?: (at: number, status: number | null) => void,
  ) => {
    while (!stopped.signal.aborted) {
      const at = Date.now();
      const status = await tryOnce(mayfly, channel, webhook);
      onTry?.(at, status);
      if (status === 200) return;
      await pause(REPEAT_MS);
    }
  };
  const tell = async (sent: SentText) => {
    untold += 1;
    for (const webhook of evidenceOf(mayfly, sent)) await handOver(sent.channel, webhook);
    untold -= 1;
  };

  mayfly.model.usually((request) => answer(journal, request, options.nextReply?.()));
  mayfly.meta.onAccepted((sent) => {
    if (stopped.signal.aborted) return;
    const author = people.find(
      ({ channel, address }) => channel === sent.channel && address === sent.to.replace('+', ''),
    );
    const delivery = {
      at: Date.now(),
      person: author?.name ?? null,
      text: sent.text,
      isAnswerLost: false,
    };
    journal.deliveries.push(delivery);
    deliveries.set(sent.providerId, delivery);
    if (tells(sent)) void tell(sent);
  });

  return {
    journal,
    deliveryOf: (providerId) => deliveries.get(providerId),
    isQuiet: () => untold === 0,
    close: () => stopped.abort(),
    write: async (author) => {
      const number = (counts.get(author.name) ?? 0) + 1;
      counts.set(author.name, number);
      const message = `${author.name}-${number}`;
      const timestamp = new Date();
      const writtenAt =
        author.channel === 'whatsapp'
          ? Math.floor(timestamp.getTime() / 1000) * 1000
          : timestamp.getTime();
      const webhook = textWebhook(mayfly, author, { text: `#${message} hello`, timestamp });
      const handOverOnce = () =>
        handOver(author.channel, webhook, (at, status) =>
          journal.posts.push({ message, writtenAt, at, endedAt: Date.now(), status }),
        );
      await handOverOnce();
      return handOverOnce;
    },
    stop: async (author) => {
      await handOver(
        author.channel,
        textWebhook(mayfly, author, { text: 'stop', timestamp: new Date() }),
      );
      journal.silences.push({ person: author.name, from: Date.now() });
    },
  };
}

async function tryOnce(
  mayfly: Pick<Mayfly, 'post'>,
  channel: Channel,
  webhook: SignedWebhook,
): Promise<number | null> {
  const late = pause(ANSWER_DEADLINE_MS, null, { ref: false });
  const answered = mayfly.post(channel, webhook).then(
    ({ status }) => status,
    () => null,
  );
  return Promise.race([answered, late]);
}

function textWebhook(
  { webhooks }: Pick<Mayfly, 'webhooks'>,
  { channel, address }: Person,
  message: { text: string; timestamp: Date },
) {
  return channel === 'whatsapp'
    ? webhooks.whatsAppTextWebhook({ from: address, phoneNumberId: ACCOUNTS.whatsapp, ...message })
    : webhooks.instagramTextWebhook({ from: address, account: ACCOUNTS.instagram, ...message });
}

/** WhatsApp sends statuses, Instagram an echo of every message. */
function evidenceOf({ webhooks }: Pick<Mayfly, 'webhooks'>, sent: SentText): SignedWebhook[] {
  return sent.channel === 'whatsapp'
    ? [webhooks.statusWebhook(sent, 'sent'), webhooks.statusWebhook(sent, 'delivered')]
    : [webhooks.echoWebhook(sent)];
}

/** The model says which messages it was shown, so that the receiver of its words sees whose they are. */
export function answer(
  journal: Journal,
  { turns }: { turns: readonly FakeModelRequest['turns'][number][] },
  { words, afterMs } = { words: 3, afterMs: 0 },
) {
  const ofPeople = (some: readonly FakeModelRequest['turns'][number][]) =>
    some.flatMap(({ role, text }) => (role === 'person' ? messagesIn(text) : []));
  const sinceAssistant = turns.slice(turns.findLastIndex(({ role }) => role === 'assistant') + 1);
  const question: Question = {
    at: Date.now(),
    reply: `r${journal.questions.length + 1}`,
    answers: ofPeople(sinceAssistant),
    shown: ofPeople(turns),
    words,
  };
  journal.questions.push(question);
  const named = question.shown.map((message) => `#${message}`).join(' ');
  return { reply: `${named} ${replyText(question)}`, afterMs };
}
