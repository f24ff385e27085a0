import { DAY_MS } from '../../domain/durations.ts';
import { z } from 'zod';
import { CHANNELS } from '../../domain/channels.ts';
import { POLICY } from '../../domain/policy.ts';
import { HOLD_REASONS, REFUSAL_REASONS, VERIFY_REASONS } from '../../domain/staff.ts';

const reasonOf = <const Reasons extends readonly [string, ...string[]]>(reasons: Reasons) =>
  z.enum(reasons, { error: `must be one of: ${reasons.join(', ')}` });

/** On what ground a request is the person's own, and whom it means where the accounts that it names lead to nobody. */
export const verifyForm = z.strictObject({
  reason: reasonOf(VERIFY_REASONS),
  subjects: z
    .array(z.uuid('must be ids of people'))
    .max(10, 'must be 10 ids at most')
    .default([])
    .transform((ids) => [...new Set(ids.map((id) => id.toLowerCase()))].sort()),
  absent: z
    .array(z.enum(CHANNELS, { error: `must be of: ${CHANNELS.join(', ')}` }))
    .default([])
    .transform((channels) => [...new Set(channels)].sort()),
});

export const refusalForm = z.strictObject({ reason: reasonOf(REFUSAL_REASONS) });

/** Why somebody is to be held, and the last day on which they are, in UTC. */
export const holdForm = z.strictObject({
  reason: reasonOf(HOLD_REASONS),
  until: z.iso
    .date({ error: 'must be a date, such as 2027-01-31', abort: true })
    .transform(endOfDay)
    .refine((time) => time > new Date(), 'must not be over')
    .refine((time) => time.getTime() <= Date.now() + POLICY.longestHoldMs, 'must be within a year'),
});

/** How a request reaches staff: as accounts, or as a letter that names them. */
export const staffRequestForm = z.strictObject({
  letter: z
    .string({ error: 'must be text' })
    .max(20_000, 'must be 20000 characters at most')
    .optional(),
  instagram: z.string({ error: 'must be text' }).optional(),
  whatsapp: z.string({ error: 'must be text' }).optional(),
  reply_to: z.string({ error: 'must be text' }).optional(),
  received_at: z.iso
    .datetime({ offset: true, error: 'must be a time, such as 2027-01-31T09:00:00Z', abort: true })
    .transform((text) => new Date(text))
    .refine((time) => time <= new Date(), 'must not lie ahead')
    .refine(
      (time) => time.getTime() + POLICY.erasureSlaMs > Date.now(),
      'must be less than 72 hours ago; leave it out for an older one, and answer it at once',
    )
    .optional(),
});

function endOfDay(date: string): Date {
  return new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS);
}
