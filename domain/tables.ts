import type { Channel } from './channels.ts';
import type { DeliveryStatus, IdentifierKind } from './events.ts';
import type { ActorRole, LedgerAction } from './ledger.ts';
import type { AccountProblem, DeliveryState, SendProblem } from './outbox.ts';
import type { Intake, RequestState, Right } from './privacy-request.ts';
import type { PhraseFate } from './request-messages.ts';
import type { RequestDecision } from './staff.ts';
import type { ReplyOrigin } from './standing.ts';
import type { StoredContent } from './stored-content.ts';

/** A column that the database fills when an insert leaves it out. */
export interface Defaulted<T> {
  defaulted: T;
}

/**
 * Every table and column that exists, as rows are read. The inventory must have a rule for each of them,
 * and a test compares this list with the database's own.
 */
export interface Tables {
  'keys.subject_keys': {
    subject_id: string;
    bucket: number;
    bucket_version: string;
    wrapped_key: Buffer;
  };
  'keys.identifiers': {
    bucket: number;
    bucket_version: string;
    block: Buffer;
    subject_id: string;
    kind: IdentifierKind;
  };
  'keys.departures': {
    bucket: number;
    bucket_version: string;
  };
  'mayfly.subjects': {
    id: string;
    channel: Channel;
    account: string;
    created_at: Defaulted<Date>;
    last_inbound_at: Date;
    wake_since: Date | null;
    wake_taken_at: Date | null;
    opted_out_at: Date | null;
    restricted_at: Date | null;
    objected_at: Date | null;
    erasing_at: Date | null;
    erasing_buckets: number[] | null;
    /** From then on nothing can be kept of them any more. */
    destroying_at: Date | null;
    phrase_tries: Defaulted<number>;
    phrase_tries_since: Date | null;
    /** What they are told of the phrase that they sent last; null before one. */
    phrase_fate: PhraseFate | null;
    deletion_offers: Defaulted<number>;
    deletion_offers_since: Date | null;
    purge_id: string | null;
    human_until: Date | null;
    /** Of WhatsApp's hash of the identity behind the number; null while none was told. */
    identity_fingerprint: Buffer | null;
    /** Since when it differs from the one before: what is older may be another person's. */
    identity_since: Date | null;
    silence_told_at: Date | null;
    /** The latest time at which text of the person can have been on its way to the model's provider. */
    model_asked_until: Date | null;
  };
  'mayfly.limits': {
    hash: Buffer;
    taken: number;
    ends_at: Date;
  };
  'mayfly.addresses': {
    subject_id: string;
    sealed_address: Buffer;
    window_closes_at: Date;
  };
  'mayfly.sessions': {
    id: string;
    subject_id: string;
    policy_version: string;
    started_at: Defaulted<Date>;
  };
  'mayfly.replies': {
    id: string;
    subject_id: string;
    session_id: string | null;
    turn: number | null;
    origin: ReplyOrigin;
    action: 'continue' | 'handoff' | 'end';
    discloses: Defaulted<boolean>;
    superseded_at: Date | null;
    created_at: Defaulted<Date>;
    /** Until when the assistant rested before these words of a human; null when it did not. */
    rested_until: Date | null;
    /** Until when it rests because of them. */
    rests_until: Date | null;
  };
  'mayfly.messages': {
    id: string;
    arrival: Defaulted<string>;
    subject_id: string;
    session_id: string | null;
    reply_id: string | null;
    fingerprint: Buffer;
    kind: StoredContent['kind'] | 'unsent';
    sealed_text: Buffer | null;
    sealed_provider_id: Buffer | null;
    sent_at: Date;
    received_at: Defaulted<Date>;
    changed_at: Date | null;
  };
  'mayfly.deliveries': {
    id: string;
    subject_id: string;
    reply_id: string;
    part: number;
    state: Defaulted<DeliveryState>;
    attempt: Defaulted<number>;
    /** Attempts beyond the first that may have reached Meta. */
    resends: Defaulted<number>;
    sealed_text: Buffer;
    sealed_provider_id: Buffer | null;
    fingerprint: Buffer | null;
    status: DeliveryStatus | null;
    problem: SendProblem | null;
    error_code: number | null;
    created_at: Defaulted<Date>;
    /** Since when it may have been sent; null while it certainly was not. */
    maybe_sent_at: Date | null;
    /** When it was last handed to Meta, or was about to be. */
    tried_at: Date | null;
    /** What the token of its sends is known again by. */
    token_mark: Buffer | null;
    ambiguous_at: Date | null;
    settled_at: Date | null;
  };
  'mayfly.delivery_copies': {
    subject_id: string;
    fingerprint: Buffer;
    /** Null in rows from before it was kept. */
    sealed_provider_id: Buffer | null;
    delivery_id: string;
    status: DeliveryStatus | null;
  };
  'mayfly.waiting_replies': {
    reply_id: string;
    subject_id: string;
    waits_for: 'account' | 'Meta';
    waits_since: Defaulted<Date>;
    waits_until: Date;
  };
  'mayfly.paused_accounts': {
    channel: Channel;
    account: string;
    problem: AccountProblem;
    paused_at: Defaulted<Date>;
    probe_at: Date;
    told_at: Date | null;
  };
  'mayfly.requests': {
    id: string;
    right_asked: Right;
    intake: Intake;
    state: RequestState;
    reason: string | null;
    code_hash: Buffer;
    phrase_hash: Buffer | null;
    received_at: Date;
    due_at: Date;
    sealed_contact: Buffer | null;
    /** Null once it proves nothing any more. */
    sealed_phrase: Buffer | null;
    /** The bucket whose key is to be replaced because the contact data was dropped; null once it is. */
    contact_bucket: number | null;
    expiring_until: Date | null;
    withdrawn_at: Date | null;
    refused_at: Date | null;
    /** From then on no phrase proves anything for it. */
    door_closed_at: Date | null;
    /** When its phrase last came from an account that it does not name. */
    stray_phrase_at: Date | null;
    closed_at: Date | null;
  };
  'mayfly.request_accounts': {
    request_id: string;
    channel: Channel;
    proven_at: Date | null;
    /** When the last person known by it was erased. */
    erased_at: Date | null;
    /** When it was found that nothing is held under it. */
    absent_at: Date | null;
  };
  'mayfly.purges': {
    id: string;
    /** Hours since 1970: the buckets' turns up to this one were kept. */
    hour: number;
    started_at: Defaulted<Date>;
    people: Defaulted<number>;
    erased_rows: Defaulted<number>;
    buckets: Defaulted<number>;
    /** What the second query found; null until it was asked. */
    overdue: number | null;
    finished_at: Date | null;
  };
  'mayfly.tombstones': {
    day: number;
    hash: Buffer;
    erased_at: Defaulted<Date>;
    /** The same as the time of the fence that put it up. */
    put_up_at: Defaulted<Date>;
  };
  'mayfly.certificates': {
    request_id: string;
    id: string;
    statement: string;
    issued_at: Defaulted<Date>;
  };
  'mayfly.request_steps': {
    request_id: string;
    name: RequestState;
    at: Defaulted<Date>;
  };
  'mayfly.request_subjects': {
    request_id: string;
    subject_id: string;
    channel: Channel;
    verified_at: Defaulted<Date>;
    proof: unknown;
  };
  'mayfly.erasures': {
    subject_id: string;
    found: unknown;
    begun_at: Defaulted<Date>;
  };
  'mayfly.holds': {
    id: string;
    subject_id: string;
    reason: string;
    expires_at: Date;
    /** Pseudonyms of members of staff. */
    proposed_by: string;
    proposed_at: Defaulted<Date>;
    confirmed_by: string | null;
    confirmed_at: Date | null;
    lift_proposed_by: string | null;
    /** Null when it ended by itself. */
    lifted_by: string | null;
    lifted_at: Date | null;
  };
  'mayfly.request_decisions': {
    request_id: string;
    decision: RequestDecision;
    reason: string;
    /** Whom the decision is about; null once it is decided. */
    terms: unknown;
    proposed_by: string;
    proposed_at: Defaulted<Date>;
    confirmed_by: string | null;
    confirmed_at: Date | null;
  };
  'mayfly.ledger': {
    position: string;
    at: Date;
    actor_role: ActorRole;
    actor: string | null;
    action: LedgerAction;
    request_id: string | null;
    details: Record<string, string | number | boolean>;
    previous_hash: string;
    hash: string;
  };
  'mayfly.restores': {
    id: string;
    started_at: Defaulted<Date>;
    backup_made_at: Date;
    /** When the keys were backed up; null when the data was put beside the keys that were there. */
    keys_made_at: Date | null;
    people_erased_again: Defaulted<number>;
    finished_at: Date | null;
  };
  'mayfly.ledger_checkpoints': {
    position: string;
    key_id: string;
    statement: string;
  };
}

export type TableName = keyof Tables;
