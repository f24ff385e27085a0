import { z } from 'zod';
import { CHANNELS } from './channels.ts';
import { ledgerHash } from './ledger.ts';
import { INTAKES, RIGHTS } from './privacy-request.ts';
import { ANSWERED_STATES } from './request-accounts.ts';

/** Copies that are not ours to delete, or that go by themselves, each with its own clock. */
export const EXPIRING_PLACES = [
  'log of the AI provider',
  'key backups',
  'guard against late messages',
  'WhatsApp Cloud API',
] as const;

/** Where something may be kept by others, and we were told no day by which it is gone. */
export const UNDATED_PLACES = ['Instagram', 'mail server'] as const;

/** What a certificate does not say. The same sentences stand in every certificate that this version issues. */
export const CERTIFICATE_LIMITS = [
  'It covers what this service held. What Meta keeps of the same conversation in Instagram or WhatsApp is not covered: ask Meta to delete that.',
  'Old backups of the database may still hold encrypted bytes. The key that opened them was destroyed, so nobody can read them, and they say nothing about anyone.',
  'Copies that expire elsewhere are listed with the day by which they are gone. Until then they exist. Where others may keep something and told us no day, they are listed without one.',
  'The keys and texts in use were dropped from the memory of the running programs, but it is not promised that no trace of them remained there for a time, in swap space, or in a memory dump.',
  'It names no person, so that it can be kept without keeping anything about one. Whoever holds the code of the request can show that it is theirs.',
  'The signature proves who said this and that nothing was changed since. That the service did as it says is proven by its ledger, which auditors can check.',
] as const;

const count = z.int().min(0);
const at = z.iso.datetime();
// Letters and spaces only: neither a number nor a handle fits.
const store = z.string().regex(/^[a-z][a-z ]{0,79}$/);

/**
 * What is certified about an erasure: counts, times, random ids and fixed words, and nothing about the person.
 * The lists of words only grow, so that a certificate of today can be read by every later version.
 */
export const certificate = z.strictObject({
  version: z.literal(1),
  certificate_id: z.uuid(),
  issuer: z.strictObject({ company: z.string().min(1), url: z.url({ protocol: /^https?$/ }) }),
  issued_at: at,
  request: z.strictObject({
    id: z.uuid(),
    received_at: at,
    due_at: at,
    right: z.enum(RIGHTS),
    intake: z.enum(INTAKES),
  }),
  /** Each account that the request names, by its channel alone; certificates of earlier versions do not tell. */
  accounts: z
    .array(z.strictObject({ channel: z.enum(CHANNELS), state: z.enum(ANSWERED_STATES) }))
    .optional(),
  /** What was deleted, by store. */
  erased: z.array(z.strictObject({ store, count })),
  /** From then on every copy of the data, in whatever backup, is noise. `buckets` is how many keys were replaced. */
  keys_destroyed: z.strictObject({ buckets: count, at }),
  /** What was still found afterwards, by store: nothing, or there is no certificate. */
  rescan: z.strictObject({
    at,
    found: z.array(z.strictObject({ store, count: z.literal(0) })).min(1),
  }),
  expiring_elsewhere: z.array(z.strictObject({ where: z.enum(EXPIRING_PLACES), until: at })),
  /** What others may keep for a time that we do not know. Certificates from before this was stated lack it. */
  kept_elsewhere: z.array(z.strictObject({ where: z.enum(UNDATED_PLACES) })).optional(),
  /** The entry of the ledger that records this erasure. */
  ledger: z.strictObject({ position: z.int().min(1), hash: ledgerHash }),
  limits: z.array(z.string().min(1)).min(1),
});
export type Certificate = z.infer<typeof certificate>;

/** What differs from one certificate to the next. */
export type CertificateStatement = Omit<Certificate, 'version' | 'limits'>;
