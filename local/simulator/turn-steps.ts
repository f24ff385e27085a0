import { silenceOf } from '../../domain/standing.ts';
import type { Silence } from '../../domain/standing.ts';
import type { Behind, BehindPart, BehindReply } from './behind.ts';
import { WRITERS } from './part-words.ts';
import type { Tone } from './part-words.ts';

/** The way of a message to its answer. */
export const STEPS = [
  'received',
  'waiting',
  'model',
  'draft',
  'intent',
  'accepted',
  'confirmed',
] as const;
type Step = (typeof STEPS)[number];

/** One step as the page shows it. `name` is the step's own, or what has become of it. */
export interface StepView {
  name: string;
  detail: string;
  tone: Tone;
  /** ISO 8601; since when it lasts, where that is known. */
  since: string | null;
}

/** Ways in which a reply arrives and its answer does not. Once evidence has come, the database shows nothing of it. */
export const LOST_ANSWERS = {
  'answer lost':
    "Meta's answer was lost. Evidence showed that the reply had arrived, so it was sent once.",
  'worker killed':
    'The worker was killed before it could note the answer. Evidence showed that the reply had arrived, so it was sent once.',
} as const;
export type LostAnswer = keyof typeof LOST_ANSWERS;
/** Which of a person's replies lost its answer, by its number. */
export type Lost = { fault: LostAnswer; reply: number } | null;

type Told = Partial<Record<Step, Partial<StepView>>>;

/** Where the turn stands: the one that answers what waits, else the last one. */
export function turnSteps(behind: Behind | null, now: Date, lost: Lost = null): StepView[] {
  const told = behind === null ? {} : tell(behind, now, lost);
  return STEPS.map((name) => ({ name, detail: '', tone: 'ahead', since: null, ...told[name] }));
}

function tell(behind: Behind, now: Date, lost: Lost): Told {
  if (behind.waiting > 0) return whileWaiting(behind, now);
  const [reply] = behind.replies;
  if (reply === undefined) return {};
  const sent = sending(behind, reply, now);
  const fault = lostAnswerOf(behind, lost);
  const accepted = { name: fault ?? '', detail: 'found by evidence', tone: 'bad' as const };
  return { ...untilDraft(reply), ...sent, ...(fault === null ? {} : { accepted }) };
}

/** What became of the answer to the latest reply, which is known to have arrived all the same; null when it came. */
export function lostAnswerOf({ waiting, replies: [reply] }: Behind, lost: Lost): LostAnswer | null {
  if (lost === null || waiting > 0 || reply?.number !== lost.reply) return null;
  const hasArrived = reply.parts.some(({ state }) => state === 'accepted' || state === 'confirmed');
  return hasArrived && reply.parts.every(({ resends }) => resends === 0) ? lost.fault : null;
}

/** The silence in which what waits is left waiting, if it is. */
export function silenceIn({ standing }: Behind, now: Date): Silence | null {
  return silenceOf(standing, 'model', now);
}

function whileWaiting(behind: Behind, now: Date): Told {
  const { waiting, wake } = behind;
  const received: Partial<StepView> = { detail: messages(waiting), tone: 'good' };
  const silence = silenceIn(behind, now);
  if (silence !== null && wake?.takenAt == null) {
    return { received, waiting: { name: 'rests', detail: SILENCES[silence], tone: 'held' } };
  }
  if (wake?.takenAt == null) {
    const since = wake?.since.toISOString() ?? null;
    return { received, waiting: { detail: 'to be woken', tone: 'now', since } };
  }
  const since = wake.takenAt.toISOString();
  return {
    received,
    waiting: { detail: 'taken', tone: 'good' },
    model: { detail: 'writes', tone: 'now', since },
  };
}

const SILENCES = {
  erasing: 'being erased',
  restricted: 'restricted',
  objected: 'objected',
  'opted out': 'opted out',
  'a human answers': 'human answers',
} as const satisfies Record<Silence, string>;

function untilDraft(reply: BehindReply): Told {
  const { origin, askedAt, createdAt, parts } = reply;
  const before = { received: good(''), waiting: good('') };
  if (origin === 'human') {
    return { ...before, model: off('not asked'), draft: { ...good('by hand'), name: 'human' } };
  }
  const model =
    origin === 'model'
      ? good(secondsSince(askedAt, createdAt))
      : origin === 'fallback'
        ? { name: 'no answer', detail: 'model', tone: 'bad' as const }
        : off('not asked');
  const draft = good(origin === 'model' ? messages(parts.length, 'part') : WRITERS[origin]);
  return { ...before, model, draft };
}

function sending(behind: Behind, reply: BehindReply, now: Date): Told {
  const part = currentPart(reply.parts);
  if (reply.isSuperseded) {
    return { draft: { name: 'overtaken', detail: 'newer message', tone: 'off' } };
  }
  if (part === undefined) return {};
  const since = part.maybeSentAt?.toISOString() ?? null;
  const place = reply.parts.length > 1 ? `, part ${reply.parts.indexOf(part) + 1}` : '';
  const attempt = reply.origin === 'human' ? '' : `attempt ${part.attempt}${place}`;
  const intent = { ...good(attempt), ...(part.resends > 0 ? { name: 'resent' } : {}) };
  switch (part.state) {
    case 'planned':
      return { intent: planned(behind, reply, part) };
    case 'suppressed':
      return { intent: { name: 'not sent', detail: whyNotSent(behind, now), tone: 'off' } };
    case 'intent':
      return { intent: { ...intent, tone: 'now', since } };
    case 'ambiguous': {
      const detail = part.problem ?? '';
      return { intent, accepted: { name: 'ambiguous', detail, tone: 'doubt', since } };
    }
    case 'needs human':
      return { intent, accepted: { name: 'needs human', detail: part.problem ?? '', tone: 'bad' } };
    case 'rejected':
      return { intent, accepted: { name: 'rejected', detail: part.problem ?? '', tone: 'bad' } };
    case 'accepted':
      return { intent, accepted: good(''), confirmed: { detail: 'status to come', tone: 'now' } };
    case 'confirmed':
      return { intent, accepted: good(''), confirmed: good(confirmedAs(reply, part)) };
  }
}

/** Parts go out in order, so the first that is not done is the one that counts. */
function currentPart(parts: readonly BehindPart[]): BehindPart | undefined {
  const isDone = ({ state }: BehindPart) => state === 'accepted' || state === 'confirmed';
  return (
    parts.find((part) => !isDone(part)) ??
    parts.find(({ state }) => state === 'accepted') ??
    parts.at(-1)
  );
}

function planned(behind: Behind, reply: BehindReply, part: BehindPart): Partial<StepView> {
  if (reply.waitsFor !== null) {
    const why = behind.accountProblem ?? part.problem ?? '';
    return { name: `waits for ${reply.waitsFor}`, detail: why, tone: 'held' };
  }
  if (part.attempt === 0) return { tone: 'now', detail: 'at the gate' };
  const name = part.resends > 0 ? 'to be resent' : 'tries again';
  return { name, detail: part.problem ?? '', tone: 'doubt' };
}

function whyNotSent(behind: Behind, now: Date): string {
  const silence = silenceIn(behind, now);
  if (silence !== null) return SILENCES[silence];
  const isClosed = behind.windowClosesAt === null || behind.windowClosesAt <= now;
  return isClosed ? 'window closed' : '';
}

function confirmedAs({ askedAt }: BehindReply, { status, settledAt }: BehindPart): string {
  const after = secondsSince(askedAt, settledAt);
  return [status ?? '', after].filter((word) => word !== '').join(', ');
}

function secondsSince(from: Date | null, to: Date | null): string {
  if (from === null || to === null || to < from) return '';
  return `${((to.getTime() - from.getTime()) / 1_000).toFixed(1)} s`;
}

function good(detail: string): Partial<StepView> {
  return { detail, tone: 'good' };
}

function off(detail: string): Partial<StepView> {
  return { detail, tone: 'off' };
}

function messages(count: number, word = 'message'): string {
  return count === 1 ? `1 ${word}` : `${count} ${word}s`;
}
