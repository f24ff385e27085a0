import { randomUUID } from 'node:crypto';
import type { Identifier, PersonReference } from '../../domain/events.ts';
import { IdentifierIndex } from '../../lib/crypto/identifier-index.ts';
import type { KeyRing } from '../../lib/crypto/key-ring.ts';
import { createSubjectKey, drawBucket, openSubjectKey } from '../../lib/crypto/subject-cipher.ts';
import type { SubjectCipher, WrappedKey } from '../../lib/crypto/subject-cipher.ts';
import type { SubjectKeyCache } from '../../lib/crypto/subject-key-cache.ts';
import { Aliases } from './aliases.ts';
import { lockBucketOf, lockBucketsShared } from '../keys/bucket-locks.ts';
import type { InTransaction } from '../database.ts';

/**
 * Finds and makes subjects. Meta's identifiers are aliases: the subject's id is a random one of ours, and a person
 * who is found by one alias gains the others that the same webhook names.
 */
export class People {
  readonly #ring: KeyRing;
  readonly #aliases: Aliases;
  readonly #cache: SubjectKeyCache;
  readonly #met = new WeakMap<InTransaction, Map<string, SubjectCipher>>();

  constructor({ ring, cache }: { ring: KeyRing; cache: SubjectKeyCache }) {
    this.#ring = ring;
    this.#aliases = new Aliases(new IdentifierIndex(ring), (trx, id) => this.cipher(trx, id));
    this.#cache = cache;
  }

  /** The subject whom the identifiers mean, or null. Locks the identifiers' buckets until the transaction ends. */
  async find(
    trx: InTransaction,
    person: { account: string; identifiers: readonly Identifier[] },
  ): Promise<SubjectCipher | null> {
    const { account, identifiers } = person;
    const { subjectId } = await this.#aliases.meaningOf(trx, account, identifiers);
    return subjectId === null ? null : this.cipher(trx, subjectId);
  }

  /** Everybody whom one person's identifiers mean on a business account. Locks their buckets until the transaction ends. */
  async findAll(
    trx: InTransaction,
    { account, identifiers }: { account: string; identifiers: readonly Identifier[] },
  ): Promise<readonly string[]> {
    return this.#aliases.everybodyOf(trx, account, identifiers);
  }

  /** The same, and while they mean nobody, nobody else can become known by them until the transaction ends. */
  async findAlone(trx: InTransaction, person: PersonReference): Promise<SubjectCipher | null> {
    const known = await this.find(trx, person);
    if (known !== null) return known;
    await this.#aliases.lockAlone(trx, person.account, person.identifiers);
    return this.find(trx, person);
  }

  /** The subject whom the identifiers mean, made when there is none; `lastInboundAt` is Meta's time of the message. */
  async findOrCreate(
    trx: InTransaction,
    person: PersonReference,
    lastInboundAt: Date,
  ): Promise<SubjectCipher> {
    const cipher = await this.findOrMeet(trx, person, lastInboundAt, () => Promise.resolve(true));
    if (cipher === null) throw new Error('a newcomer was turned away whom nobody refused');
    return cipher;
  }

  /**
   * The same; but a newcomer whom `isWelcome` refuses is not made, and the answer is null. It is asked only when nobody
   * else can become known by these identifiers any more.
   */
  async findOrMeet(
    trx: InTransaction,
    person: PersonReference,
    lastInboundAt: Date,
    isWelcome: () => Promise<boolean>,
  ): Promise<SubjectCipher | null> {
    // A batch of one person's messages looks them up once: the locks of the first time still hold.
    const name = JSON.stringify(person);
    const met = this.#met.get(trx)?.get(name);
    if (met !== undefined) return met;
    const { account, identifiers } = person;
    let meaning = await this.#aliases.meaningOf(trx, account, identifiers);
    if (meaning.astray.length > 0) {
      // Two webhooks of one newcomer may arrive at once: the second waits here and then finds the first's.
      await this.#aliases.lockAlone(trx, account, identifiers);
      meaning = await this.#aliases.meaningOf(trx, account, identifiers);
    }
    const { subjectId, astray } = meaning;
    if (subjectId === null && !(await isWelcome())) return null;
    const cipher =
      subjectId === null
        ? await this.#create(trx, person, lastInboundAt)
        : await this.cipher(trx, subjectId);
    // A person met in this transaction by an identifier that now leads elsewhere must be looked up anew.
    if (await this.#aliases.lead(trx, cipher.subjectId, astray)) this.#met.delete(trx);
    this.#met.set(trx, (this.#met.get(trx) ?? new Map()).set(name, cipher));
    return cipher;
  }

  /** Meta says that a person's identifiers changed; null when those from before meant nobody. */
  async changeIdentifiers(
    trx: InTransaction,
    { account, identifiers: before }: Pick<PersonReference, 'account' | 'identifiers'>,
    next: readonly Identifier[],
  ): Promise<SubjectCipher | null> {
    this.#met.delete(trx);
    const subjectId = await this.#aliases.change(trx, account, { before, next });
    return subjectId === null ? null : this.cipher(trx, subjectId);
  }

  /** Opens a subject's key; null when there is none any more: the subject was erased. */
  async cipherIfKept(trx: InTransaction, subjectId: string): Promise<SubjectCipher | null> {
    const key = await lockBucketOf(trx, subjectId);
    if (key === null) return null;
    const cached = this.#cache.get(subjectId);
    if (cached !== undefined) return cached;
    const cipher = openSubjectKey(this.#ring, subjectId, key);
    this.#cache.put(cipher);
    return cipher;
  }

  /** Opens a subject's key, holding off a rewrap of its bucket until the transaction ends. */
  async cipher(trx: InTransaction, subjectId: string): Promise<SubjectCipher> {
    const cipher = await this.cipherIfKept(trx, subjectId);
    if (cipher === null) throw new Error('This subject has no key: it was erased.');
    return cipher;
  }

  /** Makes the key of one owner, a subject or a privacy request, in a bucket drawn at random. */
  async createKey(trx: InTransaction, ownerId: string): Promise<SubjectCipher> {
    const bucket = drawBucket();
    await lockBucketsShared(trx, [bucket]);
    const { key, cipher } = createSubjectKey(this.#ring, ownerId, bucket);
    await trx.insertInto('keys.subject_keys').values(keyRow(ownerId, key)).execute();
    return cipher;
  }

  async #create(
    trx: InTransaction,
    { channel, account }: PersonReference,
    lastInboundAt: Date,
  ): Promise<SubjectCipher> {
    const id = randomUUID();
    await trx
      .insertInto('mayfly.subjects')
      .values({ id, channel, account, last_inbound_at: lastInboundAt })
      .execute();
    return this.createKey(trx, id);
  }
}

function keyRow(subjectId: string, { bucket, version, wrapped }: WrappedKey) {
  return { subject_id: subjectId, bucket, bucket_version: String(version), wrapped_key: wrapped };
}
