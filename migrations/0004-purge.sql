-- Up Migration

-- Which buckets somebody left, and under which version of the bucket's key their wrapped key or block was: as long as
-- that version exists, it opens what they left behind in old copies of the database.
CREATE TABLE keys.departures (
  bucket smallint NOT NULL CHECK (bucket BETWEEN 0 AND 1023),
  bucket_version bigint NOT NULL,
  PRIMARY KEY (bucket, bucket_version)
);

CREATE FUNCTION keys.note_departures() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO keys.departures (bucket, bucket_version)
  SELECT DISTINCT bucket, bucket_version FROM gone ORDER BY bucket, bucket_version
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END
$$;

-- In the transaction that deletes, whoever does it and for whatever reason: so a crash forgets no bucket.
CREATE TRIGGER note_departures AFTER DELETE ON keys.subject_keys
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keys.note_departures();
CREATE TRIGGER note_departures AFTER DELETE ON keys.identifiers
  REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION keys.note_departures();

-- One row a run. It keeps how far the turns of the buckets have come, and what was counted so far if the run dies.
CREATE TABLE mayfly.purges (
  id uuid PRIMARY KEY,
  hour integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT now(),
  people integer NOT NULL DEFAULT 0,
  erased_rows integer NOT NULL DEFAULT 0,
  buckets integer NOT NULL DEFAULT 0,
  overdue integer,
  finished_at timestamptz
);
CREATE INDEX purges_by_end ON mayfly.purges (finished_at);

-- The purge that took a person. Their keys are gone from then on, their rows follow.
ALTER TABLE mayfly.subjects ADD COLUMN purge_id uuid;
CREATE INDEX subjects_purged ON mayfly.subjects (id) WHERE purge_id IS NOT NULL;

-- Postgres looks here whenever a reply is deleted.
CREATE INDEX messages_by_reply ON mayfly.messages (reply_id) WHERE reply_id IS NOT NULL;

-- For the second query of the purge. Rows lie in the order of their times, so that these cost a message next to nothing.
CREATE INDEX messages_by_age ON mayfly.messages USING brin (sent_at);
CREATE INDEX deliveries_by_age ON mayfly.deliveries USING brin (created_at);
CREATE INDEX replies_by_age ON mayfly.replies USING brin (created_at);
CREATE INDEX sessions_by_age ON mayfly.sessions USING brin (started_at);
