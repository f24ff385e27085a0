-- Up Migration

-- The id under which Meta knows a further copy of what we sent: an echo of it must be known again after an erasure.
ALTER TABLE mayfly.delivery_copies ADD COLUMN sealed_provider_id bytea;
