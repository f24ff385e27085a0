#!/bin/sh
# Brings Temporal's two databases to the schema of this image's version, from nothing or from an older one.
set -eu

SQL_PASSWORD="$(cat /run/secrets/temporal_database_password)"
export SQL_PASSWORD

bring_up_to_date() {
  database="$1"
  schema="$2"
  tool="temporal-sql-tool --plugin postgres12 --endpoint postgres --port 5432 --user temporal --database $database"
  # Where a schema is already there this changes nothing.
  $tool setup-schema --version 0.0
  $tool update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$schema/versioned"
}

bring_up_to_date temporal temporal
bring_up_to_date temporal_visibility visibility
