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

-- Whoever else may write rows here, the api and the worker by default privileges, may only add them.
DO $$
DECLARE
  held record;
BEGIN
  FOR held IN
    SELECT DISTINCT c.oid::regclass AS place, acl.grantee::regrole AS grantee
    FROM pg_class c, aclexplode(c.relacl) AS acl
    WHERE c.oid IN ('mayfly.ledger'::regclass, 'mayfly.ledger_checkpoints'::regclass)
      AND acl.grantee NOT IN (0, c.relowner)
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %s', held.place, held.grantee);
  END LOOP;
END
$$;
