import { sql } from 'kysely';
import type { Identifier, IdentifierKind } from '../../domain/events.ts';
import type { IndexEntry } from '../../lib/crypto/identifier-index.ts';
import type { InTransaction } from '../database.ts';

/** An identifier with its place in the index, and the subject it leads to. */
export interface IndexedIdentifier {
  identifier: Identifier;
  /** Under every existing version of the bucket's key, newest first, and in each spelling. */
  entries: [IndexEntry, ...IndexEntry[]];
  subjectId: string | null;
  /** Everybody whom any of the entries leads to, `subjectId` first. */
  subjectIds: readonly string[];
}

/** Looks all of them up with one query. Hold the buckets' locks while using the answer. */
export async function findOwners(
  trx: InTransaction,
  wanted: readonly Pick<IndexedIdentifier, 'identifier' | 'entries'>[],
): Promise<IndexedIdentifier[]> {
  const { rows } = await sql<EntryRow & { subject_id: string }>`
    SELECT i.bucket, i.bucket_version AS version, i.block, i.subject_id
    FROM keys.identifiers i
    -- Whoever is being erased is found no more: what comes from now on is of a new person.
    JOIN mayfly.subjects s ON s.id = i.subject_id AND s.erasing_at IS NULL
    JOIN ${entryTable(wanted)} ON i.bucket = wanted.bucket AND i.bucket_version = wanted.version AND i.block = wanted.block
  `.execute(trx);
  const ownerOf = new Map(rows.map((row) => [entryName(row), row.subject_id]));
  return wanted.map((one) => {
    const owners = one.entries.flatMap((entry) => ownerOf.get(entryName(entry)) ?? []);
    return { ...one, subjectId: owners[0] ?? null, subjectIds: [...new Set(owners)] };
  });
}

/** The first of them that leads to somebody says to whom; null when none does. */
export function firstOwner(identifiers: readonly IndexedIdentifier[]): string | null {
  return identifiers.find(({ subjectId }) => subjectId !== null)?.subjectId ?? null;
}

/** These identifiers lead to nobody any more. */
export async function removeIdentifiers(
  trx: InTransaction,
  identifiers: readonly Pick<IndexedIdentifier, 'entries'>[],
): Promise<void> {
  if (identifiers.length === 0) return;
  await sql`
    DELETE FROM keys.identifiers i USING ${entryTable(identifiers)}
    WHERE i.bucket = wanted.bucket AND i.bucket_version = wanted.version AND i.block = wanted.block
  `.execute(trx);
}

/** The subject's identifiers of these kinds lead to nobody any more; returns how many there were. */
export async function removeKinds(
  trx: InTransaction,
  subjectId: string,
  kinds: readonly IdentifierKind[],
): Promise<number> {
  const result = await trx
    .deleteFrom('keys.identifiers')
    .where('subject_id', '=', subjectId)
    .where('kind', 'in', kinds)
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** From now on these identifiers lead to the subject. They must lead to nobody before. */
export async function addIdentifiers(
  trx: InTransaction,
  subjectId: string,
  identifiers: readonly IndexedIdentifier[],
): Promise<void> {
  if (identifiers.length === 0) return;
  const rows = identifiers.map(
    ({ identifier: { kind }, entries: [{ bucket, version, block }] }) => ({
      bucket,
      bucket_version: String(version),
      block,
      subject_id: subjectId,
      kind,
    }),
  );
  await trx
    .insertInto('keys.identifiers')
    .values(rows)
    // A person who is being erased may still hold the place, and gives it up.
    .onConflict((conflict) =>
      conflict.columns(['bucket', 'bucket_version', 'block']).doUpdateSet((eb) => ({
        subject_id: eb.ref('excluded.subject_id'),
        kind: eb.ref('excluded.kind'),
      })),
    )
    .execute();
}

/** Whether the subject is known by an identifier of this kind. */
export async function hasKind(
  trx: InTransaction,
  subjectId: string,
  kind: IdentifierKind,
): Promise<boolean> {
  const row = await trx
    .selectFrom('keys.identifiers')
    .select('kind')
    .where('subject_id', '=', subjectId)
    .where('kind', '=', kind)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

interface EntryRow {
  bucket: number;
  version: string | bigint;
  block: Buffer;
}

function entryTable(identifiers: readonly Pick<IndexedIdentifier, 'entries'>[]) {
  const entries = identifiers.flatMap((one) => one.entries);
  return sql`unnest(
    ${entries.map(({ bucket }) => bucket)}::smallint[],
    ${entries.map(({ version }) => String(version))}::bigint[],
    ${entries.map(({ block }) => block)}::bytea[]
  ) AS wanted (bucket, version, block)`;
}

function entryName({ bucket, version, block }: EntryRow): string {
  return `${bucket}/${version}/${block.toString('base64')}`;
}
