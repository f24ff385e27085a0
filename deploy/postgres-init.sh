#!/bin/sh
# Run once by the Postgres image, on an empty data folder: roles and databases, each with no more rights than it needs.
# Passwords reach psql through the environment: on a command line other processes could read them.
set -eu

password_in() {
  sed 's#^[a-z]*://[^:]*:\([^@]*\)@.*#\1#' "$1"
}

MAYFLY_OWNER_PASSWORD="$(password_in /run/secrets/migrate_database_url)"
MAYFLY_APP_PASSWORD="$(password_in /run/secrets/database_url)"
TEMPORAL_PASSWORD="$(cat /run/secrets/temporal_database_password)"
export MAYFLY_OWNER_PASSWORD MAYFLY_APP_PASSWORD TEMPORAL_PASSWORD

psql --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres <<'SQL'
\getenv owner_password MAYFLY_OWNER_PASSWORD
\getenv app_password MAYFLY_APP_PASSWORD
\getenv temporal_password TEMPORAL_PASSWORD

CREATE ROLE mayfly_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE mayfly_app LOGIN PASSWORD :'app_password';
CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';

CREATE DATABASE mayfly OWNER mayfly_owner;
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;

-- By default every role may enter every database.
REVOKE ALL ON DATABASE mayfly, temporal, temporal_visibility FROM PUBLIC;
GRANT CONNECT ON DATABASE mayfly TO mayfly_app;

-- The migrations make tables as mayfly_owner. The api and the worker read and write rows, and change no table.
\connect mayfly
ALTER DEFAULT PRIVILEGES FOR ROLE mayfly_owner GRANT USAGE ON SCHEMAS TO mayfly_app;
ALTER DEFAULT PRIVILEGES FOR ROLE mayfly_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO mayfly_app;
SQL
