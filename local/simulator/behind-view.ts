import { HOUR_MS } from '../../domain/durations.ts';
import { POLICY } from '../../domain/policy.ts';
import type { Behind } from './behind.ts';
import { partViews } from './part-words.ts';
import type { PartView, Tone } from './part-words.ts';
import { LOST_ANSWERS, lostAnswerOf, silenceIn, turnSteps } from './turn-steps.ts';
import type { Lost, StepView } from './turn-steps.ts';

/** Something that holds for the person; `until` (ISO 8601) is a time that belongs after the words. */
export interface FactView {
  name: string;
  words: string;
  until: string | null;
  tone: Tone;
}

/** What happens behind one phone, in words. */
export interface BehindView {
  /** One sentence, read out when it changes. */
  said: string;
  steps: StepView[];
  facts: FactView[];
  parts: PartView[];
  /** Where more can be read: paths of this server. */
  links: { href: string; words: string }[];
}

/** What is known of a person, null for nothing, as the page shows it. */
export function behindView(behind: Behind | null, now: Date, lost: Lost = null): BehindView {
  const steps = turnSteps(behind, now, lost);
  return {
    said: behind === null ? NOBODY : say(behind, steps, now, lost),
    steps,
    facts: behind === null ? [] : factsOf(behind, now),
    parts: behind === null ? [] : partViews(behind.replies),
    links: [],
  };
}

/** Shown where the database does not answer. */
export function unreadableView(): BehindView {
  return { ...behindView(null, new Date(0)), said: 'The database cannot be read right now.' };
}

/** Whether more can be expected to happen without anything further from outside. */
export function isMoving({ steps, facts }: BehindView): boolean {
  const lasts: readonly Tone[] = ['now', 'doubt'];
  return [...steps, ...facts].some(({ tone }) => lasts.includes(tone));
}

const NOBODY = 'Nothing is held about this person: they have not written, or were erased.';

function say(behind: Behind, steps: readonly StepView[], now: Date, lost: Lost): string {
  const many = behind.waiting === 1 ? '1 message' : `${behind.waiting} messages`;
  const step = steps.findLast(({ tone }) => tone !== 'ahead');
  if (behind.waiting > 0) {
    const silence = silenceIn(behind, now);
    if (step?.tone === 'held') {
      return `The assistant rests (${silence ?? 'silent'}); ${many} can be read by staff.`;
    }
    return step?.name === 'model'
      ? `An answer to ${many} is being written.`
      : `Stored: ${many}. The conversation is being woken.`;
  }
  const reply = behind.replies[0];
  if (reply === undefined || step === undefined) return 'Known, and no reply yet.';
  if (reply.origin === 'human') return 'A human answered; the assistant rests.';
  const fault = lostAnswerOf(behind, lost);
  if (fault !== null && step.name === 'confirmed') return LOST_ANSWERS[fault];
  if (step.name === 'confirmed' && step.tone === 'now') return 'Meta took the reply.';
  return SENTENCES[step.name] ?? `The reply: ${step.name}.`;
}

const SENTENCES: Readonly<Record<string, string>> = {
  confirmed: 'Answered, and confirmed by Meta.',
  overtaken: 'A newer message overtook the draft: nothing of it was sent.',
  intent: 'The reply is being sent.',
  resent: 'The reply is being sent once more.',
  'not sent': 'The reply was not sent.',
  ambiguous:
    'Nobody knows whether the reply arrived: evidence is waited for before anything is repeated.',
  'to be resent': 'No trace of the reply was found: it is sent once more.',
  'tries again': 'Meta did not take the reply: it is tried again.',
  'needs human': 'What became of the reply cannot be found out: a human has to look.',
  rejected: 'Meta refused the reply.',
  'waits for account': 'The account cannot send: its replies wait.',
  'waits for Meta': 'Meta asked to wait with the reply.',
};

function factsOf(behind: Behind, now: Date): FactView[] {
  const { standing, accountProblem } = behind;
  const isHuman = standing.human_until !== null && standing.human_until > now;
  return [
    sessionFact(behind),
    windowFact(behind, now),
    isHuman && fact('Human', 'until', 'held', standing.human_until),
    standing.opted_out_at !== null && fact('Person', 'opted out', 'held'),
    standing.objected_at !== null && fact('Person', 'objected', 'held'),
    standing.restricted_at !== null && fact('Person', 'restricted', 'held'),
    accountProblem !== null && fact('Account', `paused: ${accountProblem}`, 'bad'),
  ].filter((one) => one !== false);
}

/** A session is written down with its first draft. */
function sessionFact({ session, isSessionOpen }: Behind): FactView {
  const tone = isSessionOpen ? 'good' : 'off';
  if (session === null) return fact('Session', isSessionOpen ? 'begins' : 'none yet', tone);
  const state = isSessionOpen === null ? '' : isSessionOpen ? ', open' : ', ended';
  return fact('Session', `${session.count}${state}`, tone);
}

function windowFact({ windowClosesAt }: Behind, now: Date): FactView {
  if (windowClosesAt === null) return fact('Window', 'closed, address dropped', 'off');
  if (windowClosesAt <= now) return fact('Window', 'closed, address still held', 'doubt');
  const leftMs = windowClosesAt.getTime() - now.getTime();
  const hours = Math.ceil(Math.min(leftMs, POLICY.messagingWindowMs) / HOUR_MS);
  return fact('Window', `open, ${hours} h left`, 'good');
}

function fact(name: string, words: string, tone: Tone, until: Date | null = null): FactView {
  return { name, words, tone, until: until?.toISOString() ?? null };
}
