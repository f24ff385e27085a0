import { isOpenAt } from '../domain/opening-hours.ts';
import type { OpeningHours, Language } from '../domain/assistant.ts';
import { recogniseCommand } from '../domain/chat-command.ts';
import type { RecognisedCommand } from '../domain/chat-command.ts';
import { MESSAGES } from '../domain/messages.ts';
import type { Messages, Speaker } from '../domain/messages.ts';
import { PLEAS } from '../domain/pleas.ts';
import type { ModelReply } from '../domain/model-reply.ts';
import { REQUEST_MESSAGES } from '../domain/request-messages.ts';
import type { PhraseFate } from '../domain/request-messages.ts';
import type { PlannedReply } from '../store/outbox/outbox.ts';
import type { WaitingMessage } from '../store/conversation/turns.ts';

/** An answer, and who found the words. */
export interface Answer extends ModelReply {
  origin: PlannedReply['origin'];
}

/** What Mayfly's own words depend on. */
export interface OwnWords {
  speaker: Speaker;
  /** The configured languages, the default one first. */
  languages: readonly [Language, ...Language[]];
  hours: OpeningHours | null;
}

/** The last command among the waiting messages; a later one overrides what was said before it. */
export function commandAmong(
  messages: readonly WaitingMessage[],
  { languages }: OwnWords,
): RecognisedCommand | null {
  return (
    messages
      .map(({ text }) => text && recogniseCommand(text, languages))
      .findLast((command) => command) || null
  );
}

/** The answer to what needs no model: a command, or a message that cannot be read. Null leaves it to the model. */
export function answerInOwnWords(
  messages: readonly WaitingMessage[],
  words: OwnWords,
  now: Date,
): Answer | null {
  const recognised = commandAmong(messages, words);
  if (recognised !== null && !isMereGreeting(recognised, messages, words))
    return answerCommand(recognised, words, now);
  return messages.every(({ text }) => text === null) ? plead(messages, words) : null;
}

/** The answer to phrases: right and wrong phrases are answered alike, so that nobody learns one by trying. */
export function acknowledgePhrases({ languages: [language] }: OwnWords, fate: PhraseFate): Answer {
  return { reply: REQUEST_MESSAGES[language].phrase[fate], action: 'continue', origin: 'notice' };
}

/** One answer to phrases and to what was said beside them. */
export function acknowledgedBefore(answer: Answer, words: OwnWords, fate: PhraseFate): Answer {
  return { ...answer, reply: `${acknowledgePhrases(words, fate).reply}\n\n${answer.reply}` };
}

export function isPhrase({ kind }: WaitingMessage): boolean {
  return kind === 'phrase';
}

/** Asks for words, and names what was sent when it was all of one kind. */
function plead(
  messages: readonly WaitingMessage[],
  { speaker, languages: [language] }: OwnWords,
): Answer {
  const [kind, ...others] = new Set(messages.map((message) => message.kind));
  const pleas: Partial<Record<string, string>> = PLEAS[language];
  const plea = others.length === 0 ? pleas[kind ?? ''] : undefined;
  return {
    reply: plea ?? MESSAGES[language].onlyText(speaker),
    action: 'continue',
    origin: 'plea',
  };
}

/** START beside a question only opens the door: the question is what wants an answer. */
function isMereGreeting(
  { command }: RecognisedCommand,
  messages: readonly WaitingMessage[],
  { languages }: OwnWords,
): boolean {
  return (
    command === 'start' &&
    messages.some(({ text }) => text !== null && recogniseCommand(text, languages) === null)
  );
}

function answerCommand(
  { command, language }: RecognisedCommand,
  words: OwnWords,
  now: Date,
): Answer {
  switch (command) {
    case 'stop':
      return inWords(words, language, 'stopped', 'end');
    case 'start':
      return inWords(words, language, 'started', 'continue');
    case 'human': {
      const isOpen = words.hours === null || isOpenAt(words.hours, now);
      return inWords(words, language, isOpen ? 'human' : 'humanLater', 'handoff');
    }
    case 'my data':
      return inWords(words, language, 'myData', 'continue');
    case 'delete my data':
      return inWords(words, language, 'deleteMyData', 'continue');
  }
}

function inWords(
  { speaker }: OwnWords,
  language: Language,
  message: keyof Messages,
  action: Answer['action'],
): Answer {
  return { reply: MESSAGES[language][message](speaker), action, origin: 'notice' };
}
