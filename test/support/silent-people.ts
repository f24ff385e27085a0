import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { PersonReference } from '../../domain/events.ts';
import { IdentifierIndex } from '../../lib/crypto/identifier-index.ts';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { createSubjectKey, drawBucket } from '../../lib/crypto/subject-cipher.ts';
import type { Database } from '../../store/database.ts';

const DAY_MS = 86_400_000;
const BATCH = 500;

/** Someone who wrote and was answered, as it lies in the database. */
export interface SilentPerson {
  id: string;
  reference: PersonReference;
  messageId: string;
}

let made = 0;

/**
 * People who wrote for the last time this many days ago, with a row in each place where such people have rows; the
 * address's window is open, so that the sweep leaves it to the purge. Their keys lie in the bucket given, or in any.
 */
export async function insertSilentPeople(
  db: Database,
  ring: KeyRing,
  {
    count,
    days,
    messages = 1,
    bucket,
  }: { count: number; days: number; messages?: number; bucket?: number },
): Promise<SilentPerson[]> {
  const known = remembering(ring);
  const index = new IdentifierIndex(known);
  const people: SilentPerson[] = [];
  for (let left = count; left > 0; left -= BATCH) {
    const batch = Array.from({ length: Math.min(left, BATCH) }, () =>
      newPerson(known, index, messages, bucket ?? drawBucket()),
    );
    await insert(db, batch, new Date(Date.now() - days * DAY_MS));
    people.push(...batch.map(({ person }) => person));
  }
  return people;
}

/** The same ring, whose file is read once for each bucket: it must not change meanwhile. */
function remembering(ring: KeyRing): KeyRing {
  const keys = new Map<number, ReturnType<KeyRing['bucketKeys']>>();
  const bucketKeys = (bucket: number) => {
    const found = keys.get(bucket) ?? ring.bucketKeys(bucket);
    keys.set(bucket, found);
    return found;
  };
  return {
    bucketKeys,
    secret: (name) => ring.secret(name),
    addVersion: (bucket) => ring.addVersion(bucket),
    destroyOldVersions: (bucket) => ring.destroyOldVersions(bucket),
    dayKeys: () => ring.dayKeys(),
    ensureDayKey: (day) => ring.ensureDayKey(day),
    destroyDayKeysBefore: (day) => ring.destroyDayKeysBefore(day),
  };
}

type Made = ReturnType<typeof newPerson>;

function newPerson(ring: KeyRing, index: IdentifierIndex, messages: number, bucket: number) {
  made += 1;
  const id = randomUUID();
  const number = String(made).padStart(6, '0');
  const reference: PersonReference = {
    channel: 'whatsapp',
    account: 'account',
    identifiers: [
      { kind: 'whatsapp phone', value: `+1555${number}` },
      { kind: 'whatsapp user id', value: `US.${number}` },
    ],
  };
  const { key, cipher } = createSubjectKey(ring, id, bucket);
  const entries = reference.identifiers.map((one) => ({
    kind: one.kind,
    entry: index.entriesOf('account', one)[0],
  }));
  const exchanges = Array.from({ length: messages }, () => ({
    message: randomUUID(),
    reply: randomUUID(),
    delivery: randomUUID(),
  }));
  const person = { id, reference, messageId: exchanges[0]?.message ?? '' };
  return { person, cipher, key, entries, exchanges, session: randomUUID() };
}

async function insert(db: Database, batch: readonly Made[], at: Date): Promise<void> {
  const each = batch.flatMap((one) => one.exchanges.map((ids) => ({ ...one, ...ids })));
  const id = ({ person }: Made) => person.id;
  await sql`INSERT INTO mayfly.subjects (id, channel, account, created_at, last_inbound_at)
    SELECT id, 'whatsapp', 'account', ${at}, ${at} FROM unnest(${batch.map(id)}::uuid[]) AS id`.execute(
    db,
  );
  const wrapped = batch.map(({ key }) => key.wrapped);
  await sql`INSERT INTO keys.subject_keys (subject_id, bucket, bucket_version, wrapped_key)
    SELECT * FROM unnest(${batch.map(id)}::uuid[], ${batch.map(({ key }) => key.bucket)}::smallint[],
      ${batch.map(({ key }) => String(key.version))}::bigint[], ${wrapped}::bytea[])`.execute(db);
  const aliases = batch.flatMap((one) =>
    one.entries.map(({ kind, entry }) => ({ id: one.person.id, kind, ...entry })),
  );
  await sql`INSERT INTO keys.identifiers (bucket, bucket_version, block, subject_id, kind)
    SELECT * FROM unnest(${aliases.map(({ bucket }) => bucket)}::smallint[], ${aliases.map(({ version }) => String(version))}::bigint[],
      ${aliases.map(({ block }) => block)}::bytea[], ${aliases.map((one) => one.id)}::uuid[], ${aliases.map(({ kind }) => kind)}::text[])`.execute(
    db,
  );
  await sql`INSERT INTO mayfly.sessions (id, subject_id, policy_version, started_at)
    SELECT *, '2026-11-24', ${at} FROM unnest(${batch.map(({ session }) => session)}::uuid[], ${batch.map(id)}::uuid[])`.execute(
    db,
  );
  const sealedAddresses = batch.map(({ person, cipher }) =>
    cipher.seal('addresses.sealed_address', person.id, '{}'),
  );
  await sql`INSERT INTO mayfly.addresses (subject_id, sealed_address, window_closes_at)
    SELECT *, now() + interval '1 day' FROM unnest(${batch.map(id)}::uuid[], ${sealedAddresses}::bytea[])`.execute(
    db,
  );
  await sql`INSERT INTO mayfly.replies (id, subject_id, session_id, origin, action, created_at)
    SELECT *, 'model', 'continue', ${at} FROM unnest(${each.map(({ reply }) => reply)}::uuid[], ${each.map(id)}::uuid[],
      ${each.map(({ session }) => session)}::uuid[])`.execute(db);
  const texts = each.map(({ cipher, message }) =>
    cipher.seal('messages.sealed_text', message, 'hello there, are you open on Sunday?'),
  );
  await sql`INSERT INTO mayfly.messages (id, subject_id, session_id, reply_id, fingerprint, kind, sealed_text, sent_at, received_at)
    SELECT id, subject_id, session_id, reply_id, fingerprint, 'text', sealed_text, ${at}, ${at}
    FROM unnest(${each.map(({ message }) => message)}::uuid[], ${each.map(id)}::uuid[], ${each.map(({ session }) => session)}::uuid[],
      ${each.map(({ reply }) => reply)}::uuid[], ${each.map(({ cipher, message }) => cipher.fingerprint(message))}::bytea[], ${texts}::bytea[])
      AS given (id, subject_id, session_id, reply_id, fingerprint, sealed_text)`.execute(db);
  const answers = each.map(({ cipher, delivery }) =>
    cipher.seal('deliveries.sealed_text', delivery, 'yes, from eight to two'),
  );
  await sql`INSERT INTO mayfly.deliveries (id, subject_id, reply_id, part, state, sealed_text, fingerprint, created_at)
    SELECT id, subject_id, reply_id, 0, 'confirmed', sealed_text, fingerprint, ${at}
    FROM unnest(${each.map(({ delivery }) => delivery)}::uuid[], ${each.map(id)}::uuid[], ${each.map(({ reply }) => reply)}::uuid[],
      ${answers}::bytea[], ${each.map(({ cipher, delivery }) => cipher.fingerprint(delivery))}::bytea[])
      AS given (id, subject_id, reply_id, sealed_text, fingerprint)`.execute(db);
}
