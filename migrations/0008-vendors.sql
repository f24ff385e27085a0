-- Up Migration

-- Until when text of the person can have been on its way to the model's provider: written before a call is made, as the
-- latest time at which it can end. For people from before this was noted, their last words or the last answer.
ALTER TABLE mayfly.subjects ADD COLUMN model_asked_until timestamptz;
UPDATE mayfly.subjects AS s SET model_asked_until = greatest(
  (SELECT max(m.received_at) FROM mayfly.messages m WHERE m.subject_id = s.id AND m.kind = 'text'),
  (SELECT max(r.created_at) FROM mayfly.replies r WHERE r.subject_id = s.id AND r.origin IN ('model', 'fallback'))
);

-- When the part was last handed to Meta, and what its token is known again by: a keyed hash, noise without the person's key.
ALTER TABLE mayfly.deliveries ADD COLUMN tried_at timestamptz, ADD COLUMN token_mark bytea;

-- What the erasure of somebody found before it destroyed anything: a second run of it certifies what the first one did. The
-- id is a random one of ours, and means nobody any more.
CREATE TABLE mayfly.erasures (
  subject_id uuid PRIMARY KEY,
  found jsonb NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT now()
);
