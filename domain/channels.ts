/** The two channels a person can write on. */
export const CHANNELS = ['instagram', 'whatsapp'] as const;
export type Channel = (typeof CHANNELS)[number];

/**
 * How Meta limits one outgoing text, and the message window.
 * Instagram counts UTF-8 bytes, WhatsApp characters (Unicode code points).
 * Sources: Instagram messaging API, "text must be UTF-8 and 1000 bytes or less"; WhatsApp Cloud API, text.body.
 */
export const CHANNEL_LIMITS = {
  instagram: { unit: 'bytes', maximum: 1000 },
  whatsapp: { unit: 'characters', maximum: 4096 },
} as const satisfies Record<Channel, { unit: 'bytes' | 'characters'; maximum: number }>;

/**
 * This many texts to one person within this time, in milliseconds, and then one for each that grows older: over a
 * longer time, WhatsApp takes no more than about one in six seconds to the same number (Cloud API, error 131056, pair
 * rate limit), and nobody wants more on Instagram either.
 */
export const PAIR_PACE = { texts: 20, withinMs: 120_000 } as const;
