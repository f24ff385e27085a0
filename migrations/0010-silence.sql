-- Up Migration

-- When staff were last told that what this person wrote waits in silence, so that they are told once a pause.
ALTER TABLE mayfly.subjects ADD COLUMN silence_told_at timestamptz;
CREATE INDEX subjects_left_to_humans ON mayfly.subjects (human_until) WHERE human_until IS NOT NULL;
CREATE INDEX deliveries_rejected ON mayfly.deliveries (settled_at) WHERE state = 'rejected';
