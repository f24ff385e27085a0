-- Up Migration

CREATE TABLE mayfly.requests (
  id uuid PRIMARY KEY,
  right_asked text NOT NULL,
  intake text NOT NULL,
  state text NOT NULL,
  reason text,
  code_hash bytea NOT NULL UNIQUE,
  phrase_hash bytea UNIQUE,
  received_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL,
  channels_named integer NOT NULL,
  sealed_contact bytea,
  contact_bucket smallint CHECK (contact_bucket BETWEEN 0 AND 1023),
  expiring_until timestamptz,
  withdrawn_at timestamptz,
  closed_at timestamptz
);
CREATE INDEX requests_open ON mayfly.requests (due_at) WHERE closed_at IS NULL;

CREATE TABLE mayfly.request_steps (
  request_id uuid NOT NULL REFERENCES mayfly.requests,
  name text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (request_id, name)
);

-- Phrases that a person has tried, right or wrong, since the first one of a day.
ALTER TABLE mayfly.subjects
  ADD COLUMN phrase_tries smallint NOT NULL DEFAULT 0,
  ADD COLUMN phrase_tries_since timestamptz,
  ADD COLUMN deletion_offers smallint NOT NULL DEFAULT 0,
  ADD COLUMN deletion_offers_since timestamptz;

-- Whom a request was verified for. The id is a random one of ours, and means nobody once they are erased.
CREATE TABLE mayfly.request_subjects (
  request_id uuid NOT NULL REFERENCES mayfly.requests,
  subject_id uuid NOT NULL,
  channel text NOT NULL,
  verified_at timestamptz NOT NULL DEFAULT now(),
  proof jsonb,
  PRIMARY KEY (request_id, subject_id)
);

-- Keeps late and repeated webhooks from bringing an erased person back, under keys that live for days only.
CREATE TABLE mayfly.tombstones (
  day integer NOT NULL,
  hash bytea NOT NULL,
  erased_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (day, hash)
);

-- Outlives everything about the person: it holds counts, times and random ids only.
CREATE TABLE mayfly.certificates (
  request_id uuid PRIMARY KEY REFERENCES mayfly.requests,
  id uuid NOT NULL UNIQUE,
  statement text NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT now()
);
