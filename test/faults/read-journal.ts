import { MESSAGES } from '../../domain/messages.ts';
import { COMPANY_NAME } from '../system/processes.ts';
import { partIn } from './journal.ts';
import type { Delivery, Journal, Part, Question } from './journal.ts';

/** A message that Meta could hand over. */
export interface Acknowledged {
  message: string;
  /** When it was first tried. */
  firstAt: number;
  /** When the try began and ended that was acknowledged. */
  at: number;
  endedAt: number;
}

/** Each message with its first try, and with the try that was acknowledged. */
export function acknowledged({ posts }: Journal): Acknowledged[] {
  const first = new Map<string, number>();
  for (const { message, at } of posts) first.set(message, Math.min(at, first.get(message) ?? at));
  const done = new Map<string, Acknowledged>();
  for (const { message, at, endedAt, status } of posts) {
    if (status === 200 && !done.has(message))
      done.set(message, { message, firstAt: first.get(message) ?? at, at, endedAt });
  }
  return [...done.values()];
}

/** A reply of which something reached a person. */
export interface DeliveredReply {
  question: Question;
  words: Set<number>;
  deliveries: Delivery[];
}

/** The replies of which something reached a person, in the order in which they began to. */
export function deliveredReplies(journal: Journal): DeliveredReply[] {
  const found = new Map<string, DeliveredReply>();
  for (const delivery of journal.deliveries) {
    const part = partIn(delivery.text);
    const question = questionOf(journal, part);
    if (part === null || question === undefined) continue;
    const reply = found.get(part.reply) ?? { question, words: new Set(), deliveries: [] };
    for (const word of part.words) reply.words.add(word);
    reply.deliveries.push(delivery);
    found.set(part.reply, reply);
  }
  return [...found.values()];
}

/** Texts that the same person received more than once, each with all its deliveries. */
export function repeated({ deliveries }: Journal): Delivery[][] {
  const byText = Map.groupBy(deliveries, ({ person, text }) => `${person} ${text}`);
  return [...byText.values()].filter((texts) => texts.length > 1);
}

/** Whether Meta's answer to this text may not have been recorded. */
export function mayHaveBeenLost({ disruptions }: Journal, { at, isAnswerLost }: Delivery): boolean {
  return isAnswerLost || disruptions.some(({ from, to }) => from <= at && at <= to);
}

/** The model's reply that a text is a part of. */
export function questionOf(journal: Journal, part: Part | null): Question | undefined {
  return part === null ? undefined : journal.questions.find(({ reply }) => reply === part.reply);
}

const SPEAKER = { companyName: COMPANY_NAME, contactEmail: '' };

/** Whether it is a text that Mayfly itself found: that it is a machine, that it cannot answer, that it will stop. */
export function isOwnWords(delivery: Delivery): boolean {
  const { disclosure, stopped } = MESSAGES.en;
  return (
    isFallback(delivery) || [disclosure, stopped].some((words) => delivery.text === words(SPEAKER))
  );
}

/** Whether it is the text that stands in for a model that cannot answer. */
function isFallback({ text }: Delivery): boolean {
  return text.includes(MESSAGES.en.fallback(SPEAKER));
}

/** Whether the person asked to be left alone: then what they had written needs no answer any more. */
export function isSilenced({ silences }: Journal, person: string): boolean {
  return silences.some((silence) => silence.person === person);
}

/** Whether the person got that text at this time or later. */
export function fallbackAfter({ deliveries }: Journal, person: string, at: number): boolean {
  return deliveries.some(
    (delivery) => delivery.person === person && delivery.at >= at && isFallback(delivery),
  );
}
