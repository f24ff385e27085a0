-- Up Migration

-- One row for each restore. While one is not finished, people who were erased since the backup may be back, and no
-- process serves.
CREATE TABLE mayfly.restores (
  id uuid PRIMARY KEY,
  started_at timestamptz NOT NULL DEFAULT now(),
  backup_made_at timestamptz NOT NULL,
  keys_made_at timestamptz,
  people_erased_again integer NOT NULL DEFAULT 0,
  finished_at timestamptz
);

-- Equal to the time of the fence that put it up, so that what guards one person can be copied out of the database.
ALTER TABLE mayfly.tombstones ADD COLUMN put_up_at timestamptz NOT NULL DEFAULT now();
