import type { Channel } from './channels.ts';
import type { AttachmentKind, DeliveryStatus, IdentifierKind } from './events.ts';
import type { DeliveryState, SendProblem } from './outbox.ts';
import type { ReplyOrigin } from './standing.ts';

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
    human_until: Date | null;
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
  };
  'mayfly.messages': {
    id: string;
    arrival: Defaulted<string>;
    subject_id: string;
    session_id: string | null;
    reply_id: string | null;
    fingerprint: Buffer;
    kind: 'text' | 'unsent' | AttachmentKind;
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
    sealed_text: Buffer;
    sealed_provider_id: Buffer | null;
    fingerprint: Buffer | null;
    status: DeliveryStatus | null;
    problem: SendProblem | null;
    error_code: number | null;
    created_at: Defaulted<Date>;
    settled_at: Date | null;
  };
}

export type TableName = keyof Tables;
