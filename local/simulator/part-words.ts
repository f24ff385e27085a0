import type { DeliveryState } from '../../domain/outbox.ts';
import type { BehindPart, BehindReply } from './behind.ts';

/** How something stands, for colour and sign: both say the same, so that neither is needed to understand it. */
export type Tone = 'ahead' | 'now' | 'held' | 'good' | 'doubt' | 'bad' | 'off';

export const PART_TONES = {
  planned: 'ahead',
  intent: 'now',
  accepted: 'now',
  confirmed: 'good',
  rejected: 'bad',
  ambiguous: 'doubt',
  'needs human': 'bad',
  suppressed: 'off',
} as const satisfies Record<DeliveryState, Tone>;

/** What became of one message of the outbox, after its state: Meta's word on it, or why there is none. */
export function whyOf({ state, status, problem, attempt }: BehindPart): string {
  switch (state) {
    case 'confirmed':
    case 'accepted':
      return status ?? 'no status yet';
    case 'planned':
      return problem !== null && attempt > 0 ? `not sent: ${problem}` : '';
    case 'intent':
      return 'on its way to Meta';
    case 'ambiguous':
      return `${problem ?? 'no answer'}; waits for evidence`;
    case 'needs human':
      return 'no trace found, not sent again';
    case 'rejected':
      return problem ?? 'refused';
    case 'suppressed':
      return 'not sent';
  }
}

/** One row of the outbox as the page shows it. */
export interface PartView {
  reply: string;
  part: string;
  state: string;
  why: string;
  tone: Tone;
  attempts: string;
  /** How often it is known to be at Meta. */
  copies: string;
}

export function partViews(replies: readonly BehindReply[]): PartView[] {
  return replies.flatMap((reply) => reply.parts.map((part, index) => partView(reply, part, index)));
}

function partView(reply: BehindReply, part: BehindPart, index: number): PartView {
  const isHeld = part.state === 'planned' && reply.waitsFor !== null;
  return {
    reply: `${reply.number} ${WRITERS[reply.origin]}`,
    part: `${index + 1} of ${reply.parts.length}`,
    state: part.state,
    why: reply.isSuperseded ? 'overtaken by a newer message' : whyOf(part),
    tone: isHeld ? 'held' : PART_TONES[part.state],
    attempts: attemptsOf(reply, part),
    copies: copiesOf(part),
  };
}

function attemptsOf({ origin }: BehindReply, { attempt, resends }: BehindPart): string {
  if (origin === 'human') return 'by hand';
  return resends > 0 ? `${attempt}, resent` : String(attempt);
}

function copiesOf({ copies, state }: BehindPart): string {
  if (copies > 0) return copies === 1 ? 'once' : `${copies} times`;
  return state === 'planned' || state === 'suppressed' ? 'no' : 'not seen';
}

/** Who found the words of a reply. */
export const WRITERS = {
  model: 'model',
  fallback: 'fallback',
  plea: 'plea',
  notice: 'notice',
  'budget notice': 'notice',
  'repetition notice': 'notice',
  human: 'human',
} as const satisfies Record<BehindReply['origin'], string>;
