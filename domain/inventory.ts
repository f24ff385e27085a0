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
 * database itself. Erasure removes in the order given here: rows that point to others first, the index of identifiers
 * and the key last, because they are needed to find and to open the rest.
 */
export const TABLES = {
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
      sealed_text: 'message text, sealed',
      sealed_provider_id: 'identifier, sealed',
      fingerprint: 'identifier, encrypted hash',
      status: 'state',
      problem: 'state',
      error_code: 'state',
      created_at: 'time or count',
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
    purpose: 'one row per person and business account: when they last wrote, and whether they may be answered',
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
      human_until: 'time or count',
    },
  },
  'keys.identifiers': {
    purpose: 'finding the person again when they write or ask, without storing who they are',
    promises: ['C2', 'C3', 'D3'],
    retention: 'as long as the subject',
    eraser: { by: 'subject column', column: 'subject_id' },
    export: { not: 'a hash says nothing to the person; what it stands for is exported from where it lies sealed' },
    columns: {
      bucket: 'state',
      bucket_version: 'time or count',
      block: 'identifier, encrypted hash',
      subject_id: 'our own random id',
      kind: 'state',
    },
  },
  'keys.subject_keys': {
    purpose: 'the key that opens everything of one person; destroying it is what makes erasure final',
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
  | 'count' | 'milliseconds' | 'fixed word' | 'yes or no';

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
  turnsPerRun: 'count',
  sessionIdleMs: 'milliseconds',
  turnDeadlineMs: 'milliseconds',
  afterMs: 'milliseconds',
  more: 'yes or no',
  outcome: 'fixed word',
  reason: 'fixed word',
  kind: 'fixed word',
  status: 'count',
  requestId: 'name that a provider gave a request',
  woken: 'count',
  addressesDropped: 'count',
} as const satisfies Record<string, PlainForm>;

/** Files that the software writes, below DATA_DIR unless a setting says otherwise. */
export const FILES = {
  'key ring': { holds: 'bucket keys, wrapped by the root key', personal: false },
  'root key': { holds: 'the key of the key ring', personal: false },
  'Postgres data folder': { holds: 'the tables above', personal: true },
  'Temporal database': { holds: 'histories: random ids, counts, times and fixed words', personal: false },
  logs: { holds: 'allow-listed fields: random ids, counts and fixed words', personal: false },
} as const;

/** Outside parties that receive something about a person, and what. */
export const RECIPIENTS = {
  Meta: { receives: 'the reply and the address it goes to', promises: ['C3', 'M1'] },
  'AI provider': { receives: 'the text of this session, to write the reply', promises: ['U1', 'T1'] },
} as const satisfies Record<string, { receives: string; promises: readonly PromiseId[] }>;
