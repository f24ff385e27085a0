-- Up Migration

-- How much somebody has taken of what is limited, under a keyed hash of who it is, for a day at most. Unlogged: it is in
-- no backup and on no replica, and a crash of the server forgets it.
CREATE UNLOGGED TABLE mayfly.limits (
  hash bytea PRIMARY KEY CHECK (length(hash) = 16),
  taken integer NOT NULL CHECK (taken > 0),
  ends_at timestamptz NOT NULL
);
CREATE INDEX limits_by_end ON mayfly.limits (ends_at);
