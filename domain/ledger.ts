import { z } from 'zod';
import { ERASURE_CAUSES } from './erasure.ts';
import { INTAKES, REQUEST_ENDS, RIGHTS } from './privacy-request.ts';
import { HOLD_REASONS, REFUSAL_REASONS, VERIFY_REASONS } from './staff.ts';

/** On whose behalf something was done. */
export const ACTOR_ROLES = ['system', 'person', 'staff', 'meta', 'operator'] as const;
export type ActorRole = (typeof ACTOR_ROLES)[number];

// Ten digits or more could be a phone number.
const count = z.int().min(0).max(999_999_999);
const nothing = z.strictObject({});

/**
 * Everything that the ledger records, each with what an entry tells besides: counts and fixed words, so that there is
 * no place for anything about a person. The list only grows: entries are never changed.
 */
export const LEDGER_ACTIONS = {
  'request received': z.strictObject({ right: z.enum(RIGHTS), intake: z.enum(INTAKES) }),
  'request joined': z.strictObject({ intake: z.enum(INTAKES) }),
  'identity verified': z.strictObject({
    by: z.enum([
      'message from the account',
      'signature of meta',
      'two of staff',
      'nothing to prove',
    ]),
  }),
  /** Its phrase came, and proved nothing. */
  'phrase refused': z.strictObject({
    because: z.enum(['the account is not named', 'the request is over']),
  }),
  /** The person said anew which accounts they mean. */
  'accounts corrected': nothing,
  'verification proposed': z.strictObject({ reason: z.enum(VERIFY_REASONS) }),
  'refusal proposed': z.strictObject({ reason: z.enum(REFUSAL_REASONS) }),
  'request refused': z.strictObject({ reason: z.enum(REFUSAL_REASONS) }),
  'due time extended': z.strictObject({ days: count }),
  alert: z.strictObject({ hours: count }),
  'deadline missed': nothing,
  /** `people` only where several go at once, by the purge. */
  erased: z.strictObject({
    cause: z.enum(ERASURE_CAUSES),
    stores: count,
    rows: count,
    people: count.optional(),
  }),
  'key destroyed': z.strictObject({ buckets: count }),
  rescan: z.strictObject({ stores: count, found: count }),
  'certificate issued': nothing,
  restricted: nothing,
  'restriction lifted': nothing,
  'data corrected': nothing,
  'data read': z.strictObject({
    what: z.enum(['messages', 'identifiers', 'export', 'payload', 'request contact']),
  }),
  /** `people` is how many one request is about. */
  'hold proposed': z.strictObject({ reason: z.enum(HOLD_REASONS), days: count, people: count }),
  'hold placed': z.strictObject({ reason: z.enum(HOLD_REASONS), days: count, people: count }),
  'hold proposal taken back': nothing,
  'hold lift proposed': nothing,
  'hold lift proposal taken back': nothing,
  /** `people` where several holds have expired by themselves. */
  'hold lifted': z.strictObject({ people: count.optional() }),
  /** Its workflow was ended by hand, or never started: it goes on where the database says that it stands. */
  'request restarted': nothing,
  'request ended': z.strictObject({ end: z.enum(REQUEST_ENDS) }),
  'signing key replaced': nothing,
  /** `lost` entries of this ledger were written after the backup that was put back, and are gone. */
  'data restored': z.strictObject({ people: count, lost: count }),
  'root key replaced': z.strictObject({ generation: count }),
  checkpoint: nothing,
} as const satisfies Record<string, z.ZodObject>;
export type LedgerAction = keyof typeof LEDGER_ACTIONS;

/** 128 bits in hex: the only form of a name here, and longer than any number that leads to a person. */
export const pseudonym = z.string().regex(/^[0-9a-f]{32}$/);

interface EntryOf<Action extends LedgerAction> {
  actorRole: ActorRole;
  /**
   * Which person of that role it was, as a pseudonym; none for the system, nor for a person, for whom the request
   * stands.
   */
  actor?: string | null;
  action: Action;
  requestId?: string | null;
  details: z.infer<(typeof LEDGER_ACTIONS)[Action]>;
}
/** A new entry; it gets its place, time and hashes when it is written. */
export type NewLedgerEntry = { [Action in LedgerAction]: EntryOf<Action> }[LedgerAction];

const newEntry = z.strictObject({
  actorRole: z.enum(ACTOR_ROLES),
  actor: pseudonym.nullish(),
  action: z.string(),
  requestId: z.uuid().nullish(),
  details: z.unknown(),
});

/** Whether the ledger takes an entry. Types say so already; this is for what got past them. */
export function isLedgerEntry(entry: NewLedgerEntry): boolean {
  const details = Object.hasOwn(LEDGER_ACTIONS, entry.action)
    ? LEDGER_ACTIONS[entry.action]
    : undefined;
  return newEntry.safeParse(entry).success && details?.safeParse(entry.details).success === true;
}

/** Details of any version of the software, known or not: still only counts, fixed words and yes or no. */
export const ledgerDetails = z.record(
  z.string().regex(/^[a-z][a-zA-Z]{0,39}$/),
  z.union([count, z.boolean(), z.string().regex(/^[a-z][a-z ]{0,59}$/)]),
);

/** A hash as it stands in the ledger: SHA-256 in hex. */
export const ledgerHash = z.string().regex(/^[0-9a-f]{64}$/);

/** One entry as it is stored. */
export interface LedgerEntry {
  position: number;
  /** In UTC with microseconds, the database's own precision: `2026-11-24T09:30:00.123456Z`. */
  at: string;
  actorRole: string;
  actor: string | null;
  action: string;
  requestId: string | null;
  details: Readonly<Record<string, unknown>>;
  previousHash: string;
  hash: string;
}

/** Where the chain starts: what the first entry has for the hash of the one before. */
export const GENESIS = { position: 0, hash: '0'.repeat(64) } as const;

/**
 * The text whose SHA-256 is an entry's hash: every field in a fixed order as one JSON array, details as pairs in the
 * order of their names. docs/ledger.md describes it, so that anyone can compute it without this program.
 */
export function canonicalEntry(entry: Omit<LedgerEntry, 'hash'>): string {
  const details = Object.entries(entry.details).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([
    'mayfly ledger 1',
    entry.position,
    entry.at,
    entry.actorRole,
    entry.actor,
    entry.action,
    entry.requestId,
    details,
    entry.previousHash,
  ]);
}

/** What a signed checkpoint says: at that time the ledger reached this far, and this was its hash. */
export const checkpoint = z.strictObject({
  position: z.int().min(1),
  hash: ledgerHash,
  at: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
});
export type Checkpoint = z.infer<typeof checkpoint>;
