import fc from 'fast-check';
import { CHANNELS } from '../../../domain/channels.ts';
import type { Channel } from '../../../domain/channels.ts';

/**
 * What Meta does with a send. `lost`: sent, and nobody gets the answer. `unread`: not sent, and nobody knows. `late`:
 * sent; the answer comes long after the sender was given up. `killed`: the process that sends dies.
 */
export const SEND_OUTCOMES = [
  'sent',
  'lost',
  'unread',
  'possibly sent',
  'killed before',
  'killed after',
  'late',
  'cannot connect',
  'throttled',
  'token refused',
  'refused',
] as const;
export type SendOutcomeName = (typeof SEND_OUTCOMES)[number];

/** What happens between a request and its answer. */
const MEANWHILES = ['nothing', 'is told', 'writes', 'stops'] as const;
type Meanwhile = (typeof MEANWHILES)[number];

export interface Send {
  outcome: SendOutcomeName;
  meanwhile: Meanwhile;
  /** What Meta will tell of it, in whatever order; on Instagram anything but nothing is an echo. */
  tells: 'delivered' | 'read' | 'failed' | 'nothing';
  /** Whether Instagram's thread shows it. */
  isShown: boolean;
}

export interface Thought {
  /** Words of the reply: more than a hundred are more than one part on Instagram. */
  words: number;
  fails: boolean;
  meanwhile: Exclude<Meanwhile, 'is told'>;
}

/** One thing that happens, to the person on that channel. */
export type Step = { channel: Channel } & (
  | { step: 'writes' | 'repeats' | 'stops' | 'gets late answers' }
  /** Nobody is woken: that call is lost, and only the sweep finds what waits. */
  | { step: 'writes unheard' }
  /** One of the things that Meta has to tell is told, this many times. */
  | { step: 'is told'; which: number; times: number }
  | { step: 'waits'; ms: number }
);

/** Two people, one on each channel; what Meta and the model do with theirs, one after the other, and then all goes well. */
export interface Scenario {
  sends: Record<Channel, Send[]>;
  thoughts: Record<Channel, Thought[]>;
  steps: Step[];
}

const often = <T extends string>(usual: T, all: readonly T[]) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant(usual) },
    { weight: 2, arbitrary: fc.constantFrom(...all) },
  );

const send: fc.Arbitrary<Send> = fc.record({
  outcome: fc.constantFrom(...SEND_OUTCOMES),
  meanwhile: often('nothing', MEANWHILES),
  tells: fc.constantFrom('delivered', 'read', 'failed', 'nothing'),
  isShown: fc.boolean(),
});

const thought: fc.Arbitrary<Thought> = fc.record({
  words: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 120, max: 400 })),
  fails: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()),
  meanwhile: often('nothing', ['nothing', 'writes', 'stops'] as const),
});

const channel = fc.constantFrom(...CHANNELS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ channel, step: fc.constant('writes' as const) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      channel,
      step: fc.constant('is told' as const),
      which: fc.nat(7),
      times: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      channel,
      step: fc.constant('waits' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 3_000, max: 40_000 })),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      channel,
      step: fc.constantFrom('repeats', 'writes unheard', 'gets late answers', 'stops'),
    }),
  },
);

const perChannel = <T>(each: fc.Arbitrary<T>, maxLength: number) =>
  fc.record({ whatsapp: fc.array(each, { maxLength }), instagram: fc.array(each, { maxLength }) });

export const scenarios: fc.Arbitrary<Scenario> = fc.record({
  sends: perChannel(send, 5),
  thoughts: perChannel(thought, 3),
  steps: fc.array(step, { minLength: 1, maxLength: 14 }),
});

/** A line for everything that a scenario has. */
export function describeScenario({ sends, thoughts, steps }: Scenario): string[] {
  const line = (one: object) =>
    Object.entries(one)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
  return [
    ...CHANNELS.flatMap((on) => sends[on].map((one, n) => `send ${n + 1} on ${on}: ${line(one)}`)),
    ...CHANNELS.flatMap((on) =>
      thoughts[on].map((one, n) => `thought ${n + 1} on ${on}: ${line(one)}`),
    ),
    ...steps.map((one) => line(one)),
  ];
}
