import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Identifier, PersonReference } from '../../domain/events.ts';
import { IdentifierIndex } from '../crypto/identifier-index.ts';
import type { IndexEntry } from '../crypto/identifier-index.ts';
import type { KeyRing } from '../crypto/key-ring.ts';
import { createSubjectKey, drawBucket, openSubjectKey } from '../crypto/subject-cipher.ts';
import type { SubjectCipher, WrappedKey } from '../crypto/subject-cipher.ts';
import type { SubjectKeyCache } from '../crypto/subject-key-cache.ts';
import { lockBucketOf, lockBucketsShared, lockNewcomer } from './bucket-locks.ts';
import type { InTransaction } from './database.ts';

interface FoundIdentifier {
  entry: string;
  subjectId: string;
}

/**
 * Finds and makes subjects. Meta's identifiers are aliases: the subject's id is a random one of ours, and a person
 * who is found by one alias gains the others that the same webhook names.
 */
export class People {
  readonly #ring: KeyRing;
  readonly #index: IdentifierIndex;
  readonly #cache: SubjectKeyCache;
  readonly #met = new WeakMap<InTransaction, Map<string, SubjectCipher>>();

  constructor({ ring, cache }: { ring: KeyRing; cache: SubjectKeyCache }) {
    this.#ring = ring;
    this.#index = new IdentifierIndex(ring);
    this.#cache = cache;
  }

  /** The subject behind any of the identifiers, or null. Locks the identifiers' buckets until the transaction ends. */
  async find(trx: InTransaction, person: PersonReference): Promise<SubjectCipher | null> {
    const { subjectId } = await this.#lookUp(trx, person);
    return subjectId === null ? null : this.cipher(trx, subjectId);
  }

  /** The subject behind the identifiers, made when there is none; `lastInboundAt` is Meta's time of the message. */
  async findOrCreate(
    trx: InTransaction,
    person: PersonReference,
    lastInboundAt: Date,
  ): Promise<SubjectCipher> {
    // A batch of one person's messages looks them up once: the locks of the first time still hold.
    const name = JSON.stringify(person);
    const met = this.#met.get(trx)?.get(name);
    if (met !== undefined) return met;
    let { subjectId, missing } = await this.#lookUp(trx, person);
    if (subjectId === null) {
      // Two webhooks of one newcomer may arrive at once: the second waits here and then finds the first's.
      await lockNewcomer(
        trx,
        this.#index.entriesOf(person.account, person.identifiers[0])[0].block,
      );
      ({ subjectId, missing } = await this.#lookUp(trx, person));
    }
    const cipher =
      subjectId === null
        ? await this.#create(trx, person, lastInboundAt)
        : await this.cipher(trx, subjectId);
    if (missing.length > 0)
      await this.#addIdentifiers(trx, cipher.subjectId, person.account, missing);
    this.#met.set(trx, (this.#met.get(trx) ?? new Map()).set(name, cipher));
    return cipher;
  }

  /** Opens a subject's key, holding off a rewrap of its bucket until the transaction ends. */
  async cipher(trx: InTransaction, subjectId: string): Promise<SubjectCipher> {
    const key = await lockBucketOf(trx, subjectId);
    if (key === null) throw new Error('This subject has no key: it was erased.');
    const cached = this.#cache.get(subjectId);
    if (cached !== undefined) return cached;
    const cipher = openSubjectKey(this.#ring, subjectId, key);
    this.#cache.put(cipher);
    return cipher;
  }

  async #lookUp(
    trx: InTransaction,
    { account, identifiers }: PersonReference,
  ): Promise<{ subjectId: string | null; missing: Identifier[] }> {
    await lockBucketsShared(
      trx,
      identifiers.map((identifier) => this.#index.bucketOf(account, identifier)),
    );
    // The entries are computed under the lock: a rewrap in between would have changed them.
    const wanted = identifiers.map((identifier) => ({
      identifier,
      entries: this.#index.entriesOf(account, identifier),
    }));
    const found = await findEntries(
      trx,
      wanted.flatMap(({ entries }) => entries),
    );
    const subjectOf = ({ entries }: { entries: IndexEntry[] }) =>
      found.find(({ entry }) => entries.some((one) => entryName(one) === entry))?.subjectId;
    return {
      subjectId: wanted.map(subjectOf).find((id) => id !== undefined) ?? null,
      missing: wanted
        .filter((one) => subjectOf(one) === undefined)
        .map(({ identifier }) => identifier),
    };
  }

  async #create(
    trx: InTransaction,
    person: PersonReference,
    lastInboundAt: Date,
  ): Promise<SubjectCipher> {
    const id = randomUUID();
    const bucket = drawBucket();
    await lockBucketsShared(trx, [bucket]);
    const { key, cipher } = createSubjectKey(this.#ring, id, bucket);
    await trx
      .insertInto('mayfly.subjects')
      .values({
        id,
        channel: person.channel,
        account: person.account,
        last_inbound_at: lastInboundAt,
      })
      .execute();
    await trx.insertInto('keys.subject_keys').values(keyRow(id, key)).execute();
    return cipher;
  }

  async #addIdentifiers(
    trx: InTransaction,
    subjectId: string,
    account: string,
    identifiers: readonly Identifier[],
  ): Promise<void> {
    const rows = identifiers.map((identifier) => {
      const [{ bucket, version, block }] = this.#index.entriesOf(account, identifier);
      return {
        bucket,
        bucket_version: String(version),
        block,
        subject_id: subjectId,
        kind: identifier.kind,
      };
    });
    await trx.insertInto('keys.identifiers').values(rows).execute();
  }
}

function keyRow(subjectId: string, { bucket, version, wrapped }: WrappedKey) {
  return { subject_id: subjectId, bucket, bucket_version: String(version), wrapped_key: wrapped };
}

async function findEntries(
  trx: InTransaction,
  entries: readonly IndexEntry[],
): Promise<FoundIdentifier[]> {
  const { rows } = await sql<{
    bucket: number;
    version: string;
    block: Buffer;
    subject_id: string;
  }>`
    SELECT i.bucket, i.bucket_version AS version, i.block, i.subject_id
    FROM keys.identifiers i
    JOIN unnest(
      ${entries.map(({ bucket }) => bucket)}::smallint[],
      ${entries.map(({ version }) => String(version))}::bigint[],
      ${entries.map(({ block }) => block)}::bytea[]
    ) AS wanted (bucket, version, block)
      ON i.bucket = wanted.bucket AND i.bucket_version = wanted.version AND i.block = wanted.block`.execute(
    trx,
  );
  return rows.map((row) => ({
    entry: entryName({ bucket: row.bucket, version: BigInt(row.version), block: row.block }),
    subjectId: row.subject_id,
  }));
}

function entryName({ bucket, version, block }: IndexEntry): string {
  return `${bucket}/${version}/${block.toString('base64')}`;
}
