/**
 * What was seen of a Mayfly from outside: by Meta, who posted the webhooks and sent the texts, and by the model, which was
 * asked. Times are milliseconds of one clock. A message is named `<person>-<number>`, so that its name tells whose it is.
 */
export interface Journal {
  people: readonly string[];
  posts: Post[];
  questions: Question[];
  deliveries: Delivery[];
  /** Who asked to be left alone, and since when that is acknowledged. */
  silences: { person: string; from: number }[];
  /** Times at which an answer of Meta's may have been lost on its way into the database, for whatever reason. */
  disruptions: Disruption[];
  /** What was left when everything should have been done, by the name of each queue. */
  leftovers: Record<string, number>;
}

/** One try of Meta's to hand over one message. */
export interface Post {
  message: string;
  /** Meta's time of the message, as its webhook tells it. */
  writtenAt: number;
  at: number;
  endedAt: number;
  /** Null when there was no answer. */
  status: number | null;
}

/** One request to the model, and the reply that it gave. */
export interface Question {
  at: number;
  reply: string;
  /** The messages since the assistant's last words, in the order in which they were given. */
  answers: readonly string[];
  /** Every message that was among what the model was shown. */
  shown: readonly string[];
  /** How many numbered words the reply has. */
  words: number;
}

/** One text that reached a person. */
export interface Delivery {
  at: number;
  /** Null for an address of nobody who wrote. */
  person: string | null;
  text: string;
  /** Meta's answer was destroyed on its way back. */
  isAnswerLost: boolean;
}

export interface Disruption {
  from: number;
  to: number;
  what: string;
}

export function emptyJournal(people: readonly string[]): Journal {
  return {
    people,
    posts: [],
    questions: [],
    deliveries: [],
    silences: [],
    disruptions: [],
    leftovers: {},
  };
}

export function personOf(message: string): string {
  return message.slice(0, message.lastIndexOf('-'));
}

/** The names of the messages that a text holds. */
export function messagesIn(text: string): string[] {
  return [...text.matchAll(/#([a-z0-9]+-\d+)/g)].map(([, name = '']) => name);
}

/** A reply whose every part tells, wherever it is cut, which reply and which words of it it holds. */
export function replyText({ reply, words }: Pick<Question, 'reply' | 'words'>): string {
  return Array.from({ length: words }, (_, word) => `${reply}:${word}`).join(' ');
}

export interface Part {
  reply: string;
  words: number[];
}

/** The part of a reply that a delivered text is; null when it is none, as the words that Mayfly finds itself. */
export function partIn(text: string): Part | null {
  const found = [...text.matchAll(/\b(r\d+):(\d+)\b/g)];
  const [, reply] = found[0] ?? [];
  if (reply === undefined) return null;
  return {
    reply,
    words: found.filter(([, name]) => name === reply).map(([, , word]) => Number(word)),
  };
}
