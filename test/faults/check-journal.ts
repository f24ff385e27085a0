import { messagesIn, partIn, personOf } from './journal.ts';
import type { Delivery, Journal } from './journal.ts';
import {
  acknowledged,
  deliveredReplies,
  fallbackAfter,
  isOwnWords,
  isSilenced,
  mayHaveBeenLost,
  questionOf,
  repeated,
} from './read-journal.ts';
import type { DeliveredReply } from './read-journal.ts';

/** The promises that a journal is checked against, by name; each gives a line for every time it was broken. */
export const CHECKS = {
  'no loss': noLoss,
  'one effect': oneEffect,
  order: inOrder,
  isolation,
  'nothing unasked': nothingUnasked,
  'queues empty': queuesEmpty,
  'enough went well': enoughWentWell,
} as const satisfies Record<string, (journal: Journal) => string[]>;
export type CheckName = keyof typeof CHECKS;

/** Every broken promise, with the name of its check. None: the journal is good. */
export function checkJournal(journal: Journal): string[] {
  return Object.entries(CHECKS).flatMap(([name, check]) =>
    check(journal).map((line) => `${name}: ${line}`),
  );
}

/** Texts that came once more because Meta's answer was lost. */
export function documentedDuplicates(journal: Journal): number {
  return repeated(journal).filter((texts) => texts.length === 2).length;
}

/** Every message that was acknowledged is answered, in full, or honest words took its place; not after a STOP. */
function noLoss(journal: Journal): string[] {
  const unanswered = acknowledged(journal)
    .filter(({ message, at }) => {
      const answers = deliveredReplies(journal).filter(({ question }) =>
        question.answers.includes(message),
      );
      const person = personOf(message);
      return (
        answers.length === 0 && !fallbackAfter(journal, person, at) && !isSilenced(journal, person)
      );
    })
    .map(({ message }) => `${message} was acknowledged and never answered`);
  const cut = deliveredReplies(journal)
    .filter(({ question, words }) => words.size !== question.words)
    .filter(({ question: { shown } }) => !isSilenced(journal, personOf(shown[0] ?? '')))
    .map(
      ({ question, words }) =>
        `${question.reply} has ${question.words} words, ${words.size} were sent`,
    );
  return [...unanswered, ...cut];
}

/** No message is answered by two replies, and no text comes twice unless Meta's answer to it was lost; then once more. */
function oneEffect(journal: Journal): string[] {
  const replies = deliveredReplies(journal);
  const twice = acknowledged(journal).flatMap(({ message }) => {
    const answers = replies.filter(({ question }) => question.answers.includes(message));
    return answers.length <= 1 ? [] : [`${message} was answered by ${names(answers)}`];
  });
  const repeats = repeated(journal).flatMap((texts) => {
    const [first] = texts;
    const areAllLost = texts.slice(0, -1).every((text) => mayHaveBeenLost(journal, text));
    // Mayfly's own words are the same in every reply, so each of them may come once for each answer that was lost.
    const isOwn = first !== undefined && partIn(first.text) === null;
    if (areAllLost && (isOwn || texts.length === 2)) return [];
    return [`a text for ${first?.person} came ${texts.length} times (${describe(first)})`];
  });
  return [...twice, ...repeats];
}

/** A message that was acknowledged before another was written is not answered after it; parts come in order, unmixed. */
function inOrder(journal: Journal): string[] {
  const replies = deliveredReplies(journal);
  const answerOf = (message: string) =>
    replies.findIndex(({ question }) => question.answers.includes(message));
  const messages = acknowledged(journal);
  const late = messages.flatMap((one) =>
    messages
      .filter(
        (other) => personOf(other.message) === personOf(one.message) && one.endedAt < other.firstAt,
      )
      .filter(
        (other) =>
          answerOf(other.message) !== -1 && answerOf(one.message) > answerOf(other.message),
      )
      .map((other) => `${one.message} was answered after ${other.message}`),
  );
  const writtenAt = new Map(journal.posts.map((post) => [post.message, post.writtenAt]));
  const shuffled = journal.questions.flatMap(({ reply, answers }) =>
    answers.some(
      (message, n) =>
        n > 0 && (writtenAt.get(message) ?? 0) < (writtenAt.get(answers[n - 1] ?? '') ?? 0),
    )
      ? [`${reply} was asked for messages out of order`]
      : [],
  );
  return [
    ...late,
    ...shuffled,
    ...journal.people.flatMap((person) => partsOutOfOrder(journal, person)),
  ];
}

function partsOutOfOrder(journal: Journal, person: string): string[] {
  const seen = new Set<string>();
  const problems: string[] = [];
  let last: { reply: string; word: number } | null = null;
  for (const { text } of journal.deliveries.filter((delivery) => delivery.person === person)) {
    const part = partIn(text);
    // The documented duplicate may come late; how often it may come is told elsewhere.
    if (part === null || seen.has(text)) continue;
    seen.add(text);
    const expected: number = last?.reply === part.reply ? last.word + 1 : 0;
    if (part.words.some((word, n) => word !== expected + n))
      problems.push(
        `a part of ${part.reply} begins with word ${part.words[0]} instead of ${expected}`,
      );
    last = { reply: part.reply, word: part.words.at(-1) ?? 0 };
  }
  return problems;
}

/** The model is shown one person's words at a time, and a reply goes to the person whose messages it answers. */
function isolation(journal: Journal): string[] {
  const mixed = journal.questions.flatMap(({ reply, shown }) => {
    const people = new Set(shown.map(personOf));
    return people.size > 1 ? [`the model was shown ${[...people].join(' and ')} for ${reply}`] : [];
  });
  const misdirected = journal.deliveries.flatMap(({ person, text }) => {
    const question = questionOf(journal, partIn(text));
    const owner = question === undefined ? undefined : personOf(question.shown[0] ?? '');
    const strangers = messagesIn(text).filter((message) => personOf(message) !== person);
    const wrongly = [
      ...(owner === undefined || owner === person ? [] : [`the reply to ${owner}`]),
      ...strangers,
    ];
    return wrongly.length > 0 ? [`${person} received ${wrongly.join(' and ')}`] : [];
  });
  return [...mixed, ...misdirected];
}

/** Nobody gets a text without having written, or after a STOP, and no text is anything but an answer. */
function nothingUnasked(journal: Journal): string[] {
  return journal.deliveries.flatMap((delivery) => {
    if (delivery.person === null) return ['a text went to somebody who never wrote'];
    const part = partIn(delivery.text);
    const question = questionOf(journal, part);
    if (part === null)
      return isOwnWords(delivery)
        ? []
        : [`${delivery.person} received words that nobody asked for`];
    const stop = journal.silences.find(({ person }) => person === delivery.person);
    if (stop !== undefined && delivery.at > stop.from)
      return [`${delivery.person} received ${part.reply} after a STOP`];
    if (question === undefined)
      return [`${delivery.person} received ${part.reply}, which no model gave`];
    const unknown = question.answers.filter(
      (message) =>
        !journal.posts.some((post) => post.message === message && post.at <= question.at),
    );
    if (question.answers.length === 0) return [`${part.reply} answers nothing`];
    return unknown.map((message) => `${part.reply} answers ${message}, which was not written yet`);
  });
}

function queuesEmpty({ leftovers }: Journal): string[] {
  return Object.entries(leftovers)
    .filter(([, count]) => count > 0)
    .map(([queue, count]) => `${count} left: ${queue}`);
}

/** A run in which little happened proves little: nearly all was acknowledged, and answered by the model. */
function enoughWentWell(journal: Journal): string[] {
  const written = new Set(journal.posts.map(({ message }) => message)).size;
  const stored = acknowledged(journal);
  const toAnswer = stored.filter(({ message }) => !isSilenced(journal, personOf(message)));
  const answered = toAnswer.filter(({ message }) =>
    deliveredReplies(journal).some(({ question }) => question.answers.includes(message)),
  );
  const problems: string[] = [];
  if (written === 0) problems.push('nobody wrote');
  if (stored.length < written)
    problems.push(`${written - stored.length} of ${written} messages were never acknowledged`);
  if (answered.length < toAnswer.length * 0.9)
    problems.push(`the model answered only ${answered.length} of ${toAnswer.length} messages`);
  return problems;
}

function names(replies: readonly DeliveredReply[]): string {
  return replies.map(({ question }) => question.reply).join(' and ');
}

function describe(delivery: Delivery | undefined): string {
  return delivery === undefined ? 'nothing' : (partIn(delivery.text)?.reply ?? 'own words');
}
