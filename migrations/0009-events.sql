-- Up Migration

-- The id under which Meta knows a further copy of what we sent: an echo of it must be known again after an erasure.
ALTER TABLE mayfly.delivery_copies ADD COLUMN sealed_provider_id bytea;

-- Until when the assistant rested before a takeover, and since: one that turns out to be an echo of our own is undone.
ALTER TABLE mayfly.replies ADD COLUMN rested_until timestamptz, ADD COLUMN rests_until timestamptz;
