import type { PromiseId } from './promises.ts';
import type { TableName, Tables } from './tables.ts';

/** What a place holds. Everything but `nothing personal` belongs to one person and goes when they are erased. */
export type Category =
  | 'nothing personal'
  | 'our own random id'
  | 'identifier, encrypted hash'
  | 'identifier, sealed'
  | 'message text, sealed'
  | 'key, wrapped'
  | 'time or count'
  | 'state';

/** How long rows stay when nobody asks for anything. */
type Retention =
  | 'as long as the subject'
  | 'until the messaging window closes'
  | 'until it is sent'
  | 'eight days'
  | 'a day at most'
  | 'until the bucket has a new key'
  | 'until the erasure is proven'
  | 'as long as the software is installed';

/** How an erasure finds and removes what a table holds of one person. */
type Eraser = { by: 'subject column'; column: string } | { by: 'nothing to erase' };

/** The rule of one table: why it exists, how long its rows stay, how they go, and what each column holds. */
export interface TableRule<Row> {
  purpose: string;
  promises: readonly [PromiseId, ...PromiseId[]];
  retention: Retention;
  eraser: Eraser;
  /** Whether a person's copy of their data contains it, or why not. */
  export: 'yes' | { not: string };
  columns: { readonly [Column in keyof Row]: Category };
}

/**
 * Every table that exists. A table or a column without a rule does not compile, and a test compares the map with the
 * database itself. Rows go in the order given here: those that point to others first. The person's key is destroyed
 * before any of them, because unreadable must never wait for deleted.
 */
export const TABLES = {
  'mayfly.ledger_checkpoints': {
    purpose:
      'signed statements of how far the ledger had come, so that nobody can rewrite it unseen',
    promises: ['U4', 'S4'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: { not: 'it says nothing about any person' },
    columns: {
      position: 'nothing personal',
      key_id: 'nothing personal',
      statement: 'nothing personal',
    },
  },
  'mayfly.ledger': {
    purpose:
      'what was done with whose right and when: random ids, counts and fixed words, chained by hashes',
    promises: ['U4', 'S3', 'S4'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: {
      not: 'it says nothing about any person; what was done for a request stands on its status page',
    },
    columns: {
      position: 'nothing personal',
      at: 'nothing personal',
      actor_role: 'nothing personal',
      actor: 'nothing personal',
      action: 'nothing personal',
      request_id: 'nothing personal',
      details: 'nothing personal',
      previous_hash: 'nothing personal',
      hash: 'nothing personal',
    },
  },
  'mayfly.purges': {
    purpose: 'when the purge ran, how much went, and what the second query still found',
    promises: ['R1', 'U4'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: { not: 'it says nothing about any person' },
    columns: {
      id: 'nothing personal',
      hour: 'nothing personal',
      started_at: 'nothing personal',
      people: 'nothing personal',
      erased_rows: 'nothing personal',
      buckets: 'nothing personal',
      overdue: 'nothing personal',
      finished_at: 'nothing personal',
    },
  },
  'mayfly.restores': {
    purpose:
      'which backups were put back, and whether everybody who was erased since is gone again',
    promises: ['D4', 'S2', 'U4'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: { not: 'it says nothing about any person' },
    columns: {
      id: 'nothing personal',
      started_at: 'nothing personal',
      backup_made_at: 'nothing personal',
      keys_made_at: 'nothing personal',
      people_erased_again: 'nothing personal',
      finished_at: 'nothing personal',
    },
  },
  'keys.departures': {
    purpose:
      'which buckets somebody left while the key is still there that opens old copies of what they left',
    promises: ['D3', 'D4'],
    retention: 'until the bucket has a new key',
    eraser: { by: 'nothing to erase' },
    export: { not: 'it says nothing about any person' },
    columns: { bucket: 'nothing personal', bucket_version: 'nothing personal' },
  },
  'mayfly.delivery_copies': {
    purpose:
      'which further messages at Meta are one that we sent, so that a duplicate is seen and counted',
    promises: ['C1', 'R1'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: { not: 'a hash says nothing to the person; the message itself is exported' },
    columns: {
      subject_id: 'our own random id',
      fingerprint: 'identifier, encrypted hash',
      sealed_provider_id: 'identifier, sealed',
      delivery_id: 'our own random id',
      status: 'state',
    },
  },
  'mayfly.waiting_replies': {
    purpose: 'which replies wait until they can be sent',
    promises: ['C4', 'M1'],
    retention: 'until it is sent',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: { not: 'it holds ids of ours and times; the reply itself is exported' },
    columns: {
      reply_id: 'our own random id',
      subject_id: 'our own random id',
      waits_for: 'state',
      waits_since: 'time or count',
      waits_until: 'time or count',
    },
  },
  'mayfly.holds': {
    purpose:
      'whom the law forbids us to forget yet, why and until when, and which two of staff say so',
    promises: ['U4', 'D6', 'R1'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: { not: 'it is shown on the status page of the request that it holds up' },
    columns: {
      id: 'our own random id',
      subject_id: 'our own random id',
      reason: 'state',
      expires_at: 'time or count',
      proposed_by: 'nothing personal',
      proposed_at: 'time or count',
      confirmed_by: 'nothing personal',
      confirmed_at: 'time or count',
      lift_proposed_by: 'nothing personal',
      lifted_by: 'nothing personal',
      lifted_at: 'time or count',
    },
  },
  'mayfly.limits': {
    purpose:
      'how many requests came from one network within a minute, and how many mails went to one mailbox within a day',
    promises: ['D1', 'D3', 'S3'],
    retention: 'a day at most',
    eraser: { by: 'nothing to erase' },
    export: { not: 'a hash under a key outside the database; nobody can tell whose it is' },
    columns: {
      hash: 'identifier, encrypted hash',
      taken: 'time or count',
      ends_at: 'time or count',
    },
  },
  'mayfly.paused_accounts': {
    purpose: 'which accounts of the business cannot send, and when the next try is due',
    promises: ['M1'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: { not: 'it says nothing about any person' },
    columns: {
      channel: 'nothing personal',
      account: 'nothing personal',
      problem: 'nothing personal',
      paused_at: 'nothing personal',
      probe_at: 'nothing personal',
      told_at: 'nothing personal',
    },
  },
  'mayfly.deliveries': {
    purpose: 'what was sent to the person, and what became of it',
    promises: ['C1', 'R1', 'S2'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: 'yes',
    columns: {
      id: 'our own random id',
      subject_id: 'our own random id',
      reply_id: 'our own random id',
      part: 'time or count',
      state: 'state',
      attempt: 'time or count',
      resends: 'time or count',
      sealed_text: 'message text, sealed',
      sealed_provider_id: 'identifier, sealed',
      fingerprint: 'identifier, encrypted hash',
      status: 'state',
      problem: 'state',
      error_code: 'state',
      created_at: 'time or count',
      maybe_sent_at: 'time or count',
      tried_at: 'time or count',
      token_mark: 'identifier, encrypted hash',
      ambiguous_at: 'time or count',
      settled_at: 'time or count',
    },
  },
  'mayfly.messages': {
    purpose: 'what the person wrote, to answer it within the session',
    promises: ['C1', 'C4', 'R1', 'S2'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: 'yes',
    columns: {
      id: 'our own random id',
      arrival: 'time or count',
      subject_id: 'our own random id',
      session_id: 'our own random id',
      reply_id: 'our own random id',
      fingerprint: 'identifier, encrypted hash',
      kind: 'state',
      sealed_text: 'message text, sealed',
      sealed_provider_id: 'identifier, sealed',
      sent_at: 'time or count',
      received_at: 'time or count',
      changed_at: 'time or count',
    },
  },
  'mayfly.replies': {
    purpose: 'which messages an answer belongs to',
    promises: ['U2', 'R1'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: 'yes',
    columns: {
      id: 'our own random id',
      subject_id: 'our own random id',
      session_id: 'our own random id',
      turn: 'time or count',
      origin: 'state',
      action: 'state',
      discloses: 'state',
      superseded_at: 'time or count',
      created_at: 'time or count',
      rested_until: 'time or count',
      rests_until: 'time or count',
    },
  },
  'mayfly.sessions': {
    purpose: 'where one session ends and the next begins, and the policy in force',
    promises: ['U2', 'V1', 'R1'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: 'yes',
    columns: {
      id: 'our own random id',
      subject_id: 'our own random id',
      policy_version: 'state',
      started_at: 'time or count',
    },
  },
  'mayfly.addresses': {
    purpose: 'where a reply is sent while one may be sent',
    promises: ['C3', 'M1'],
    retention: 'until the messaging window closes',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: 'yes',
    columns: {
      subject_id: 'our own random id',
      sealed_address: 'identifier, sealed',
      window_closes_at: 'time or count',
    },
  },
  'mayfly.subjects': {
    purpose:
      'one row per person and business account: when they last wrote, and whether they may be answered',
    promises: ['R1', 'G4', 'G6', 'M1'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'id' },
    export: 'yes',
    columns: {
      id: 'our own random id',
      channel: 'state',
      account: 'nothing personal',
      created_at: 'time or count',
      last_inbound_at: 'time or count',
      wake_since: 'time or count',
      wake_taken_at: 'time or count',
      opted_out_at: 'time or count',
      restricted_at: 'time or count',
      objected_at: 'time or count',
      erasing_at: 'time or count',
      erasing_buckets: 'state',
      destroying_at: 'time or count',
      phrase_tries: 'time or count',
      phrase_tries_since: 'time or count',
      phrase_fate: 'state',
      deletion_offers: 'time or count',
      deletion_offers_since: 'time or count',
      purge_id: 'our own random id',
      human_until: 'time or count',
      identity_fingerprint: 'identifier, encrypted hash',
      identity_since: 'time or count',
      silence_told_at: 'time or count',
      model_asked_until: 'time or count',
    },
  },
  'mayfly.request_subjects': {
    purpose: 'whom a request was proven for, by an id that means nobody once they are erased',
    promises: ['D2', 'D6', 'U4'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: { not: 'it is the record of the answer, without anything about the person' },
    columns: {
      request_id: 'our own random id',
      subject_id: 'our own random id',
      channel: 'state',
      verified_at: 'time or count',
      proof: 'time or count',
    },
  },
  'mayfly.erasures': {
    purpose:
      'what an erasure found, as counts and times, until every request that it answers has its proof',
    promises: ['D2', 'D6', 'U4'],
    retention: 'until the erasure is proven',
    eraser: { by: 'nothing to erase' },
    export: { not: 'it exists only while its subject is being erased, and counts what goes' },
    columns: {
      subject_id: 'our own random id',
      found: 'time or count',
      begun_at: 'time or count',
    },
  },
  'mayfly.tombstones': {
    purpose: 'keeping late and repeated webhooks from bringing back someone who was erased',
    promises: ['D3', 'D4'],
    retention: 'eight days',
    eraser: { by: 'nothing to erase' },
    export: {
      not: 'a hash under a key that is destroyed after eight days; nobody can tell whose it is',
    },
    columns: {
      day: 'time or count',
      hash: 'identifier, encrypted hash',
      erased_at: 'time or count',
      put_up_at: 'time or count',
    },
  },
  'mayfly.certificates': {
    purpose: 'the signed statement of what was erased, which the person can check',
    promises: ['D6', 'U4'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: { not: 'the person has it from the status page of their request' },
    columns: {
      request_id: 'our own random id',
      id: 'our own random id',
      statement: 'time or count',
      issued_at: 'time or count',
    },
  },
  'mayfly.request_steps': {
    purpose: 'the times at which a request moved on',
    promises: ['D6', 'U4'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: { not: 'it is the record of the answer, without anything about the person' },
    columns: { request_id: 'our own random id', name: 'state', at: 'time or count' },
  },
  'mayfly.request_decisions': {
    purpose: 'what two members of staff decided about a request, and on what ground',
    promises: ['D6', 'U4', 'S3'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: { not: 'what was decided, and why, stands on the status page of the request' },
    columns: {
      request_id: 'our own random id',
      decision: 'state',
      reason: 'state',
      terms: 'our own random id',
      proposed_by: 'nothing personal',
      proposed_at: 'time or count',
      confirmed_by: 'nothing personal',
      confirmed_at: 'time or count',
    },
  },
  'mayfly.request_accounts': {
    purpose: 'how it stands with each account that a request names, without what it is called',
    promises: ['D2', 'D6', 'U4'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: { not: 'it is the record of the answer, without anything about the person' },
    columns: {
      request_id: 'our own random id',
      channel: 'state',
      proven_at: 'time or count',
      erased_at: 'time or count',
      absent_at: 'time or count',
    },
  },
  'mayfly.requests': {
    purpose: 'a request, its clock, and, until it is answered, how to reach who made it',
    promises: ['D1', 'D6', 'D7', 'U4'],
    retention: 'as long as the software is installed',
    eraser: { by: 'nothing to erase' },
    export: {
      not: 'its contact data goes when it is answered; the rest is the record of the answer',
    },
    columns: {
      id: 'our own random id',
      right_asked: 'state',
      intake: 'state',
      state: 'state',
      reason: 'state',
      code_hash: 'identifier, encrypted hash',
      phrase_hash: 'identifier, encrypted hash',
      received_at: 'time or count',
      due_at: 'time or count',
      sealed_contact: 'identifier, sealed',
      sealed_phrase: 'identifier, sealed',
      contact_bucket: 'state',
      expiring_until: 'time or count',
      withdrawn_at: 'time or count',
      refused_at: 'time or count',
      door_closed_at: 'time or count',
      stray_phrase_at: 'time or count',
      closed_at: 'time or count',
    },
  },
  'keys.identifiers': {
    purpose: 'finding the person again when they write or ask, without storing who they are',
    promises: ['C2', 'C3', 'D3'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: {
      not: 'a hash says nothing to the person; what it stands for is exported from where it lies sealed',
    },
    columns: {
      bucket: 'state',
      bucket_version: 'time or count',
      block: 'identifier, encrypted hash',
      subject_id: 'our own random id',
      kind: 'state',
    },
  },
  'keys.subject_keys': {
    purpose:
      'the key that opens everything of one person; destroying it is what makes erasure final',
    promises: ['S2', 'D3', 'D4'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: { not: 'a key is no data about the person, and must not leave' },
    columns: {
      subject_id: 'our own random id',
      bucket: 'state',
      bucket_version: 'time or count',
      wrapped_key: 'key, wrapped',
    },
  },
} as const satisfies { [Name in TableName]: TableRule<Tables[Name]> };

/** The forms that a value in Temporal's histories, in a log line or in a metric label may have. */
export type PlainForm =
  | 'name that a provider gave a request'
  | 'random id'
  | 'count'
  | 'milliseconds'
  | 'time'
  | 'fixed word'
  | 'yes or no'
  /** An object, or a list of them, whose fields have forms of their own. */
  | 'fields';

/**
 * Every field that a workflow, a signal, an activity or a failure may carry as argument or result. Temporal is no place
 * for anything personal: a test compares this list with the payloads of recorded histories.
 */
export const PAYLOAD_FIELDS = {
  subjectId: 'random id',
  sessionId: 'random id',
  replyId: 'random id',
  turn: 'count',
  turnsTaken: 'count',
  sessionIdleMs: 'milliseconds',
  turnDeadlineMs: 'milliseconds',
  afterMs: 'milliseconds',
  more: 'yes or no',
  sent: 'fields',
  outcome: 'fixed word',
  reason: 'fixed word',
  kind: 'fixed word',
  status: 'count',
  providerRequestId: 'name that a provider gave a request',
  requestId: 'random id',
  right: 'fixed word',
  intake: 'fixed word',
  state: 'fixed word',
  cause: 'fixed word',
  store: 'fixed word',
  count: 'count',
  buckets: 'count',
  channelsNamed: 'count',
  subjectIds: 'random id',
  accounts: 'fields',
  channel: 'fixed word',
  proven: 'count',
  isLastLook: 'yes or no',
  isWithdrawn: 'yes or no',
  isAnswered: 'yes or no',
  isRefused: 'yes or no',
  heldUntilMs: 'milliseconds',
  event: 'fixed word',
  untilMs: 'milliseconds',
  afterHours: 'count',
  hoursLeft: 'count',
  receivedAtMs: 'milliseconds',
  dueAtMs: 'milliseconds',
  lastForeignCopyMs: 'milliseconds',
  lastModelCallMs: 'milliseconds',
  lastMetaUse: 'fields',
  lastMs: 'milliseconds',
  guardUntilMs: 'milliseconds',
  keysReplaced: 'fields',
  bucket: 'count',
  version: 'count',
  at: 'time',
  keyDestroyedAt: 'time',
  rescannedAt: 'time',
  erased: 'fields',
  rescanned: 'fields',
  held: 'fields',
  counts: 'fields',
  restarted: 'count',
  tombstonesCleared: 'count',
  woken: 'count',
  addressesDropped: 'count',
  position: 'count',
  copied: 'count',
  replaced: 'yes or no',
  expired: 'count',
  released: 'count',
  purgeId: 'random id',
  hour: 'count',
  scope: 'fixed word',
  people: 'count',
  rows: 'count',
  overdue: 'count',
} as const satisfies Record<string, PlainForm>;

/** Files that the software writes, below DATA_DIR unless a setting says otherwise. */
export const FILES = {
  'key ring': { holds: 'bucket keys, wrapped by the root key', personal: false },
  'root key': { holds: 'the key of the key ring', personal: false },
  'signing keys': { holds: 'keys that sign certificates and checkpoints', personal: false },
  'identity key': {
    holds: 'the key of the identity provider that `npm start` stands in for',
    personal: false,
  },
  'keys of key backups': {
    holds: 'what opens key backups, each key for less than 48 hours',
    personal: false,
  },
  'erasure list': {
    holds:
      'random ids of people who were erased, with times, and hashes under keys that live for eight days',
    personal: false,
  },
  'data backup': {
    holds: 'the tables above without those of keys, to be opened by no key in it',
    personal: true,
  },
  'key backup': {
    holds:
      'keys of people and hashes of identifiers, sealed by a key that lives for less than 48 hours',
    personal: true,
  },
  'ledger checkpoints': {
    holds: 'signed statements of how far the ledger had come',
    personal: false,
  },
  'Postgres data folder': { holds: 'the tables above', personal: true },
  'Temporal database': {
    holds: 'histories: random ids, counts, times and fixed words',
    personal: false,
  },
  logs: { holds: 'allow-listed fields: random ids, counts and fixed words', personal: false },
  'outbox of npm start': {
    holds:
      'the newest 200 mails about requests, without the addresses that they would have gone to',
    personal: false,
  },
} as const;

/** Outside parties that receive something about a person, and what. */
export const RECIPIENTS = {
  Meta: {
    receives: 'the reply, the address it goes to, and a random token of the message',
    promises: ['C3', 'M1', 'D3'],
  },
  'AI provider': {
    receives: 'the text of this session, to write the reply',
    promises: ['U1', 'T1'],
  },
  'mail server': {
    receives: 'the mail address that a person gave for the answer, and how their request stands',
    promises: ['D6', 'N1'],
  },
} as const satisfies Record<string, { receives: string; promises: readonly PromiseId[] }>;
