-- Up Migration

-- Counts, fixed words, random ids and hashes only; the checks hold even for a statement that is typed by hand.
CREATE TABLE mayfly.ledger (
  position bigint PRIMARY KEY CHECK (position > 0),
  at timestamptz NOT NULL,
  actor_role text NOT NULL CHECK (actor_role ~ '^[a-z]{1,20}$'),
  actor text CHECK (actor ~ '^[0-9a-f]{32}$'),
  action text NOT NULL CHECK (action ~ '^[a-z][a-z ]{0,59}$'),
  request_id uuid,
  details jsonb NOT NULL
    CHECK (details::text ~ '^\{(("[a-z][a-zA-Z]*": ([0-9]{1,9}|true|false|"[a-z][a-z ]*"))(, )?)*\}$'),
  previous_hash text NOT NULL CHECK (previous_hash ~ '^[0-9a-f]{64}$'),
  hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$')
);
CREATE INDEX ledger_by_request ON mayfly.ledger (request_id) WHERE request_id IS NOT NULL;

-- The statement is a JWS over the position, the hash and the time of an entry of the action "checkpoint".
CREATE TABLE mayfly.ledger_checkpoints (
  position bigint PRIMARY KEY REFERENCES mayfly.ledger,
  key_id text NOT NULL,
  statement text NOT NULL
);

CREATE FUNCTION mayfly.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;

-- Always: also for sessions that replicate, in which ordinary triggers are silent.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mayfly.ledger
  FOR EACH STATEMENT EXECUTE FUNCTION mayfly.refuse_change();
ALTER TABLE mayfly.ledger ENABLE ALWAYS TRIGGER append_only;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON mayfly.ledger_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION mayfly.refuse_change();
ALTER TABLE mayfly.ledger_checkpoints ENABLE ALWAYS TRIGGER append_only;
