import { DAY_MS, HOUR_MS, SECOND_MS } from './durations.ts';

/** Every number that the published policy or Meta's terms fix, in milliseconds, each with its clause. None is a setting. */
export const POLICY = {
  /** D6: the answer to a deletion request is due this long after its receipt. */
  erasureSlaMs: 72 * HOUR_MS,
  /** G1 to G6: every other right is answered within a month; thirty days is the strictest month. */
  rightsSlaMs: 30 * DAY_MS,
  /** R1: conversation data is kept at most this long after the last inbound message. */
  retentionMs: 90 * DAY_MS,
  /**
   * R1: the purge takes people once they have been silent for this much less than that: a day until their bucket's turn
   * comes, a day on which nothing runs, and two hours for the first run afterwards, which begins late and takes its
   * time.
   */
  purgeMarginMs: 2 * DAY_MS + 2 * HOUR_MS,
  /** M1, C3: free-form replies are allowed this long after the person's last message; the address is kept no longer. */
  messagingWindowMs: 24 * HOUR_MS,
  /** D4: late and repeated webhooks are dropped for this long after an erasure; Meta repeats for at most seven days. */
  tombstoneMs: 8 * DAY_MS,
  /** D5: Meta's Cloud API keeps what passes through it for at most this long (WhatsApp Cloud API, data storage). */
  cloudApiCopyMs: 30 * DAY_MS,
  /** D6: the last words in a chat go out within this time of the certificate, which counts them, or not at all. */
  lastWordsMs: DAY_MS,
  /** U4: a legal hold ends by itself at the latest this long after it was asked for. */
  longestHoldMs: 365 * DAY_MS,
  /** S2: a bucket or subject key may stay in a process's memory no longer than this. */
  keyCacheMs: 60 * SECOND_MS,
  /** S2: the key that seals the key ring is replaced before it is this old. */
  rootKeyMs: 24 * HOUR_MS,
  /** D4: what opens a key backup is destroyed this long after the backup was made, at the latest. */
  keyBackupMs: 48 * HOUR_MS,
} as const;

/** The published policy that is in force: the day on which it was last changed (V1). */
export const POLICY_VERSION = '2026-11-24';
