#!/bin/sh
# Makes the files of secrets that docker-compose.yml names, in the folder beside this file. What is there is left alone,
# so it can be run again. Secrets of Meta and of the model's provider are made as empty files, for you to fill.
set -eu

folder="$(dirname "$0")/secrets"
mkdir -p "$folder"
# The folder keeps others out. The files in it are readable by all, because each container reads them as a user of its own.
chmod 700 "$folder"

random() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}

make() {
  [ -e "$folder/$1" ] && return
  printf '%s\n' "$2" >"$folder/$1"
  chmod 644 "$folder/$1"
  echo "made $folder/$1"
}

make postgres_password "$(random)"
make temporal_database_password "$(random)"
make migrate_database_url "postgresql://mayfly_owner:$(random)@postgres:5432/mayfly?sslmode=disable"
make database_url "postgresql://mayfly_app:$(random)@postgres:5432/mayfly?sslmode=disable"
make whatsapp_verify_token "$(random)"
make instagram_verify_token "$(random)"

# Left empty, no mail is sent. See SMTP_URL in docs/settings.md.
make smtp_url ''

for name in meta_app_secrets whatsapp_app_secrets whatsapp_access_token instagram_app_secrets instagram_access_token openai_api_key; do
  make "$name" ''
  [ -n "$(tr -d ' \n' <"$folder/$name")" ] || echo "fill in $folder/$name"
done
