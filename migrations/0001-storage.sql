-- Up Migration

-- Key material lives in a schema of its own, so that a data backup can leave it out.
CREATE SCHEMA keys;
CREATE SCHEMA mayfly;

CREATE TABLE keys.subject_keys (
  subject_id uuid PRIMARY KEY,
  bucket smallint NOT NULL CHECK (bucket BETWEEN 0 AND 1023),
  bucket_version bigint NOT NULL,
  wrapped_key bytea NOT NULL
);
CREATE INDEX subject_keys_by_bucket ON keys.subject_keys (bucket);

-- Locks the bucket of an owner's key, shared, until the transaction ends, and then reads the key: a volatile function sees
-- what was committed while it waited for the lock. One call instead of two statements, on the path of every message.
CREATE FUNCTION keys.lock_and_read(lock_space integer, owner uuid)
RETURNS TABLE (bucket smallint, bucket_version bigint, wrapped_key bytea)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(lock_space, k.bucket) FROM keys.subject_keys k WHERE k.subject_id = owner;
  RETURN QUERY SELECT k.bucket, k.bucket_version, k.wrapped_key FROM keys.subject_keys k WHERE k.subject_id = owner;
END
$$;

CREATE TABLE keys.identifiers (
  bucket smallint NOT NULL CHECK (bucket BETWEEN 0 AND 1023),
  bucket_version bigint NOT NULL,
  block bytea NOT NULL CHECK (octet_length(block) = 16),
  subject_id uuid NOT NULL,
  kind text NOT NULL,
  PRIMARY KEY (bucket, bucket_version, block)
);
CREATE INDEX identifiers_by_subject ON keys.identifiers (subject_id);

CREATE TABLE mayfly.subjects (
  id uuid PRIMARY KEY,
  channel text NOT NULL CHECK (channel IN ('instagram', 'whatsapp')),
  account text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_inbound_at timestamptz NOT NULL,
  wake_since timestamptz,
  wake_taken_at timestamptz,
  opted_out_at timestamptz,
  restricted_at timestamptz,
  objected_at timestamptz,
  erasing_at timestamptz,
  erasing_buckets smallint[],
  human_until timestamptz
);
-- The sweep asks only for the few people whose conversation was not yet woken.
CREATE INDEX subjects_waiting ON mayfly.subjects (wake_since) WHERE wake_since IS NOT NULL;

CREATE TABLE mayfly.addresses (
  subject_id uuid PRIMARY KEY REFERENCES mayfly.subjects,
  sealed_address bytea NOT NULL,
  window_closes_at timestamptz NOT NULL
);
CREATE INDEX addresses_by_window ON mayfly.addresses (window_closes_at);

CREATE TABLE mayfly.sessions (
  id uuid PRIMARY KEY,
  subject_id uuid NOT NULL REFERENCES mayfly.subjects,
  policy_version text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_by_subject ON mayfly.sessions (subject_id);

CREATE TABLE mayfly.replies (
  id uuid PRIMARY KEY,
  subject_id uuid NOT NULL REFERENCES mayfly.subjects,
  session_id uuid REFERENCES mayfly.sessions,
  turn integer,
  origin text NOT NULL CHECK (origin IN ('model', 'fallback', 'plea', 'notice', 'budget notice', 'human')),
  action text NOT NULL CHECK (action IN ('continue', 'handoff', 'end')),
  discloses boolean NOT NULL DEFAULT false,
  superseded_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (session_id, turn)
);
CREATE INDEX replies_by_subject ON mayfly.replies (subject_id);
CREATE INDEX replies_of_the_model ON mayfly.replies (created_at) WHERE origin = 'model' AND superseded_at IS NULL;

CREATE TABLE mayfly.messages (
  id uuid PRIMARY KEY,
  arrival bigint GENERATED ALWAYS AS IDENTITY,
  subject_id uuid NOT NULL REFERENCES mayfly.subjects,
  session_id uuid REFERENCES mayfly.sessions,
  reply_id uuid REFERENCES mayfly.replies,
  fingerprint bytea NOT NULL,
  kind text NOT NULL,
  sealed_text bytea,
  sealed_provider_id bytea,
  sent_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz,
  UNIQUE (subject_id, fingerprint)
);
CREATE INDEX messages_unanswered ON mayfly.messages (subject_id) WHERE reply_id IS NULL;
CREATE INDEX messages_by_session ON mayfly.messages (session_id);

CREATE TABLE mayfly.deliveries (
  id uuid PRIMARY KEY,
  subject_id uuid NOT NULL REFERENCES mayfly.subjects,
  reply_id uuid NOT NULL REFERENCES mayfly.replies,
  part integer NOT NULL,
  state text NOT NULL DEFAULT 'planned'
    CHECK (state IN (
      'planned', 'intent', 'accepted', 'confirmed', 'rejected', 'ambiguous', 'needs human', 'suppressed'
    )),
  attempt integer NOT NULL DEFAULT 0,
  resends integer NOT NULL DEFAULT 0,
  sealed_text bytea NOT NULL,
  sealed_provider_id bytea,
  fingerprint bytea,
  status text CHECK (status IN ('sent', 'delivered', 'read', 'failed')),
  problem text,
  error_code integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  maybe_sent_at timestamptz,
  ambiguous_at timestamptz,
  settled_at timestamptz,
  UNIQUE (reply_id, part)
);
CREATE INDEX deliveries_by_fingerprint ON mayfly.deliveries (subject_id, fingerprint);

-- Further messages at Meta that are one delivery of ours. Most deliveries have none: their one id stands in their row.
CREATE TABLE mayfly.delivery_copies (
  subject_id uuid NOT NULL REFERENCES mayfly.subjects,
  fingerprint bytea NOT NULL,
  delivery_id uuid NOT NULL REFERENCES mayfly.deliveries,
  status text CHECK (status IN ('sent', 'delivered', 'read', 'failed')),
  PRIMARY KEY (subject_id, fingerprint)
);
CREATE INDEX delivery_copies_by_delivery ON mayfly.delivery_copies (delivery_id);

-- Replies that cannot go out yet: rows exist only while one waits longer than a moment.
CREATE TABLE mayfly.waiting_replies (
  reply_id uuid PRIMARY KEY REFERENCES mayfly.replies,
  subject_id uuid NOT NULL REFERENCES mayfly.subjects,
  waits_for text NOT NULL CHECK (waits_for IN ('account', 'Meta')),
  waits_since timestamptz NOT NULL DEFAULT now(),
  waits_until timestamptz NOT NULL
);
CREATE INDEX waiting_replies_by_subject ON mayfly.waiting_replies (subject_id);

-- Business accounts that cannot send: a row exists only while one cannot.
CREATE TABLE mayfly.paused_accounts (
  channel text NOT NULL CHECK (channel IN ('instagram', 'whatsapp')),
  account text NOT NULL,
  problem text NOT NULL CHECK (problem IN ('token refused', 'account restricted', 'billing')),
  paused_at timestamptz NOT NULL DEFAULT now(),
  probe_at timestamptz NOT NULL,
  told_at timestamptz,
  PRIMARY KEY (channel, account)
);
