-- Up Migration

-- One row for each account that a request names, so that each is proven, erased and spoken of by itself. It holds no
-- identifier, and stays when what the person told us is forgotten.
CREATE TABLE mayfly.request_accounts (
  request_id uuid NOT NULL REFERENCES mayfly.requests,
  channel text NOT NULL CHECK (channel IN ('instagram', 'whatsapp')),
  proven_at timestamptz,
  erased_at timestamptz,
  absent_at timestamptz,
  PRIMARY KEY (request_id, channel)
);

ALTER TABLE mayfly.requests
  -- The phrase, as long as it can prove anything, so that the person's page can show it again.
  ADD COLUMN sealed_phrase bytea,
  -- From then on no phrase proves anything for it.
  ADD COLUMN door_closed_at timestamptz,
  -- When its phrase last came from an account that it does not name.
  ADD COLUMN stray_phrase_at timestamptz;

-- What the person is told of the phrase that they sent last.
ALTER TABLE mayfly.subjects ADD COLUMN phrase_fate text;

INSERT INTO mayfly.request_accounts (request_id, channel, proven_at, erased_at)
SELECT request_id, channel, min(verified_at), CASE WHEN bool_and(proof IS NOT NULL) THEN now() END
FROM mayfly.request_subjects GROUP BY request_id, channel;

INSERT INTO mayfly.request_accounts (request_id, channel)
SELECT id, channel FROM mayfly.requests, unnest(ARRAY['instagram', 'whatsapp']) AS channel
WHERE channels_named >= 2
ON CONFLICT DO NOTHING;

UPDATE mayfly.requests r SET door_closed_at = coalesce(closed_at, now())
WHERE closed_at IS NOT NULL OR EXISTS (SELECT FROM mayfly.request_steps s WHERE s.request_id = r.id AND s.name = 'erased here');

-- Which account such a request names stands only where no statement can read it. It is answered, with the way to ask again.
UPDATE mayfly.requests r SET refused_at = now(), reason = 'we have changed how accounts are confirmed; please ask again'
WHERE closed_at IS NULL AND door_closed_at IS NULL AND refused_at IS NULL AND withdrawn_at IS NULL AND channels_named > 0
  AND NOT EXISTS (SELECT FROM mayfly.request_accounts a WHERE a.request_id = r.id);

-- What Meta asked and could not be done had no account of ours to count, and said so by its reason alone.
UPDATE mayfly.requests SET refused_at = received_at WHERE channels_named = 0 AND reason IS NOT NULL AND refused_at IS NULL;

ALTER TABLE mayfly.requests DROP COLUMN channels_named;
