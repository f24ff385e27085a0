import fc from 'fast-check';

/** The doors by which a story's request comes in. */
export const DOORS = [
  'program',
  'page',
  'staff',
  'whatsapp chat',
  'instagram chat',
  'meta',
] as const;
export type Door = (typeof DOORS)[number];

/** Who can send a phrase: one person on two numbers of the business and on Instagram, and somebody else. */
export const SENDERS = ['me', 'me elsewhere', 'me on instagram', 'another'] as const;
export type Sender = (typeof SENDERS)[number];

/** How people send it. */
export const FORMS = ['plain', 'in a sentence', 'without its dash', 'as an edit'] as const;
export type Form = (typeof FORMS)[number];

export type Act =
  | { does: 'phrase'; from: Sender; form: Form; isRepeated: boolean }
  | { does: 'correct'; to: 'another' | 'instagram' }
  | {
      does: 'withdraw' | 'refuse' | 'hold' | 'lift' | 'terminate' | 'let it work' | 'time is up';
    };

export interface Story {
  door: Door;
  names: 'whatsapp' | 'instagram' | 'both';
  acts: Act[];
}

const phrase = fc.record({
  does: fc.constant('phrase' as const),
  from: fc.constantFrom(...SENDERS),
  form: fc.constantFrom(...FORMS),
  isRepeated: fc.boolean(),
});
const correction = fc.record({
  does: fc.constant('correct' as const),
  to: fc.constantFrom('another' as const, 'instagram' as const),
});
const other = fc.record({
  does: fc.constantFrom(
    'withdraw' as const,
    'refuse' as const,
    'hold' as const,
    'lift' as const,
    'terminate' as const,
    'let it work' as const,
    'time is up' as const,
  ),
});

/** Any order of what may happen to a request. */
export const stories: fc.Arbitrary<Story> = fc.record({
  door: fc.constantFrom(...DOORS),
  names: fc.constantFrom('whatsapp' as const, 'instagram' as const, 'both' as const),
  acts: fc.array(
    fc.oneof(
      { weight: 5, arbitrary: phrase },
      { weight: 1, arbitrary: correction },
      { weight: 3, arbitrary: other },
    ),
    { minLength: 1, maxLength: 7 },
  ),
});
