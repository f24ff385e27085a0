import type { Behind, BehindPart, BehindReply } from '../../../local/simulator/behind.ts';

/** The moment at which the cases are looked at. */
export const NOW = new Date('2026-11-24T12:00:00Z');
export const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000);

/** A person whose session is open, to whom nothing was said yet; `fields` are what is otherwise. */
export function behind(fields: Partial<Behind> = {}): Behind {
  return {
    waiting: 0,
    wake: null,
    standing: {
      erasing_at: null,
      restricted_at: null,
      objected_at: null,
      opted_out_at: null,
      human_until: null,
    },
    session: { count: 1, startedAt: secondsAgo(60) },
    isSessionOpen: true,
    windowClosesAt: new Date(NOW.getTime() + 24 * 3_600_000),
    accountProblem: null,
    replies: [],
    ...fields,
  };
}

/** A reply of the model that was asked for 10 s ago and drafted 2 s later. */
export function reply(parts: BehindPart[], fields: Partial<BehindReply> = {}): BehindReply {
  return {
    number: 1,
    origin: 'model',
    createdAt: secondsAgo(8),
    isSuperseded: false,
    waitsFor: null,
    askedAt: secondsAgo(10),
    parts,
    ...fields,
  };
}

export function part(fields: Partial<BehindPart> = {}): BehindPart {
  const sent = fields.state === 'planned' || fields.state === undefined;
  return {
    state: 'planned',
    attempt: sent ? 0 : 1,
    resends: 0,
    status: null,
    problem: null,
    copies: 0,
    maybeSentAt: sent ? null : secondsAgo(7),
    settledAt: null,
    ...fields,
  };
}
