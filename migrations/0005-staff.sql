-- Up Migration

-- Someone whom the law forbids us to forget for a while. One row is proposed by one member of staff and counts once
-- another one has confirmed it; who they are is told as pseudonyms alone.
CREATE TABLE mayfly.holds (
  id uuid PRIMARY KEY,
  subject_id uuid NOT NULL REFERENCES mayfly.subjects,
  reason text NOT NULL CHECK (reason ~ '^[a-z][a-z ]{0,59}$'),
  expires_at timestamptz NOT NULL,
  proposed_by text NOT NULL CHECK (proposed_by ~ '^[0-9a-f]{32}$'),
  proposed_at timestamptz NOT NULL DEFAULT now(),
  confirmed_by text CHECK (confirmed_by ~ '^[0-9a-f]{32}$' AND confirmed_by <> proposed_by),
  confirmed_at timestamptz,
  lift_proposed_by text CHECK (lift_proposed_by ~ '^[0-9a-f]{32}$'),
  lifted_by text CHECK (lifted_by ~ '^[0-9a-f]{32}$' AND lifted_by <> lift_proposed_by),
  lifted_at timestamptz,
  CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
  CHECK (confirmed_at IS NOT NULL OR (lifted_at IS NULL AND lift_proposed_by IS NULL))
);
CREATE INDEX holds_by_subject ON mayfly.holds (subject_id);
-- Two proposals at once would leave it open which one is confirmed.
CREATE UNIQUE INDEX holds_proposed ON mayfly.holds (subject_id) WHERE confirmed_at IS NULL;

-- From then on an erasure destroys, and a hold comes too late.
ALTER TABLE mayfly.subjects ADD COLUMN destroying_at timestamptz;

-- What two members of staff decide about a request. The terms name people by random ids, and go once it is decided.
CREATE TABLE mayfly.request_decisions (
  request_id uuid NOT NULL REFERENCES mayfly.requests,
  decision text NOT NULL CHECK (decision IN ('verify', 'refuse')),
  reason text NOT NULL CHECK (reason ~ '^[a-z][a-z ]{0,59}$'),
  terms jsonb,
  proposed_by text NOT NULL CHECK (proposed_by ~ '^[0-9a-f]{32}$'),
  proposed_at timestamptz NOT NULL DEFAULT now(),
  confirmed_by text CHECK (confirmed_by ~ '^[0-9a-f]{32}$' AND confirmed_by <> proposed_by),
  confirmed_at timestamptz,
  PRIMARY KEY (request_id, decision),
  CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);

ALTER TABLE mayfly.requests ADD COLUMN refused_at timestamptz;
