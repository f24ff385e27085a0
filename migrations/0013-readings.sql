-- Up Migration

-- Finds whether the same reader read the same within the hour.
CREATE INDEX ledger_readings ON mayfly.ledger (at) WHERE action = 'data read';
