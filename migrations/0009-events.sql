-- Up Migration

-- The id under which Meta knows a further copy of what we sent: an echo of it must be known again after an erasure.
ALTER TABLE mayfly.delivery_copies ADD COLUMN sealed_provider_id bytea;

-- Until when the assistant rested before a takeover, and since: one that turns out to be an echo of our own is undone.
ALTER TABLE mayfly.replies ADD COLUMN rested_until timestamptz, ADD COLUMN rests_until timestamptz;

-- Said once to whoever says the same again and again, as an away message does that answers each of our answers.
ALTER TABLE mayfly.replies DROP CONSTRAINT replies_origin_check;
ALTER TABLE mayfly.replies ADD CONSTRAINT replies_origin_check CHECK (
  origin IN ('model', 'fallback', 'plea', 'notice', 'budget notice', 'repetition notice', 'human')
);

-- WhatsApp's hash of the identity behind a number, as a fingerprint under the person's key, and since when it is another one
-- than before: the number may have been given to somebody else.
ALTER TABLE mayfly.subjects ADD COLUMN identity_fingerprint bytea, ADD COLUMN identity_since timestamptz;
