import { randomUUID } from 'node:crypto';
import type { Identifier, IdentifierKind, PersonReference } from '../../domain/events.ts';
import { IdentifierIndex } from '../crypto/identifier-index.ts';
import type { KeyRing } from '../crypto/key-ring.ts';
import { createSubjectKey, drawBucket, openSubjectKey } from '../crypto/subject-cipher.ts';
import type { SubjectCipher, WrappedKey } from '../crypto/subject-cipher.ts';
import type { SubjectKeyCache } from '../crypto/subject-key-cache.ts';
import { addressAfter, isAt, replaceAddress } from './addresses.ts';
import { lockBucketOf, lockBucketsShared, lockIdentifiers } from './bucket-locks.ts';
import type { InTransaction } from './database.ts';
import {
  addIdentifiers,
  findOwners,
  firstOwner,
  hasKind,
  removeIdentifiers,
  removeKinds,
} from './identifiers.ts';
import type { IndexedIdentifier } from './identifiers.ts';

/** Meta gives such an id to one person and never to another, while a number or a handle can be passed on. */
const LASTING: readonly IdentifierKind[] = ['instagram user id', 'whatsapp user id'];

/** Whom identifiers mean, and those among them that do not lead there yet. */
interface Meaning {
  subjectId: string | null;
  astray: IndexedIdentifier[];
}

/**
 * Finds and makes subjects. Meta's identifiers are aliases: the subject's id is a random one of ours, and a person
 * who is found by one alias gains the others that the same webhook names. A subject has at most one of each kind, and
 * two people are never joined (docs/decisions: a user id wins over a number).
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

  /** The subject whom the identifiers mean, or null. Locks the identifiers' buckets until the transaction ends. */
  async find(trx: InTransaction, person: PersonReference): Promise<SubjectCipher | null> {
    const { subjectId } = await this.#meaningOf(trx, person.account, person.identifiers);
    return subjectId === null ? null : this.cipher(trx, subjectId);
  }

  /** The subject whom the identifiers mean, made when there is none; `lastInboundAt` is Meta's time of the message. */
  async findOrCreate(
    trx: InTransaction,
    person: PersonReference,
    lastInboundAt: Date,
  ): Promise<SubjectCipher> {
    // A batch of one person's messages looks them up once: the locks of the first time still hold.
    const name = JSON.stringify(person);
    const met = this.#met.get(trx)?.get(name);
    if (met !== undefined) return met;
    let meaning = await this.#meaningOf(trx, person.account, person.identifiers);
    if (meaning.astray.length > 0) {
      // Two webhooks of one newcomer may arrive at once: the second waits here and then finds the first's.
      await this.#lockAlone(trx, person.account, person.identifiers);
      meaning = await this.#meaningOf(trx, person.account, person.identifiers);
    }
    const { subjectId, astray } = meaning;
    const cipher =
      subjectId === null
        ? await this.#create(trx, person, lastInboundAt)
        : await this.cipher(trx, subjectId);
    await this.#lead(trx, cipher.subjectId, astray);
    this.#met.set(trx, (this.#met.get(trx) ?? new Map()).set(name, cipher));
    return cipher;
  }

  /**
   * Meta says that a person's identifiers changed. Those from before lead to nobody any more, whatever becomes of the new
   * ones: a number that was given up is given to somebody else. The subject gains the new ones that are free; one that
   * leads to another subject stays there, because joining two people would show one the other's words. Null when the
   * identifiers from before meant nobody.
   */
  async changeIdentifiers(
    trx: InTransaction,
    { account, identifiers: before }: Pick<PersonReference, 'account' | 'identifiers'>,
    next: readonly Identifier[],
  ): Promise<SubjectCipher | null> {
    await this.#lockBuckets(trx, account, [...before, ...next]);
    await this.#lockAlone(trx, account, [...before, ...next]);
    const { subjectId } = await this.#meaningOf(trx, account, before);
    const kinds = next.map(({ kind }) => kind);
    const givenUp = (await this.#ownersOf(trx, account, before)).filter(({ identifier }) =>
      kinds.includes(identifier.kind),
    );
    for (const one of givenUp) await this.#forget(trx, one, subjectId);
    this.#met.delete(trx);
    if (subjectId === null) return null;

    const owners = await this.#ownersOf(trx, account, next);
    const free = owners.filter((one) => one.subjectId === null);
    await this.#lead(trx, subjectId, free);
    const own = owners.filter((one) => one.subjectId === null || one.subjectId === subjectId);
    const cipher = await this.cipher(trx, subjectId);
    await replaceAddress(trx, cipher, (held) =>
      addressAfter(
        held,
        kinds,
        own.map(({ identifier }) => identifier),
      ),
    );
    return cipher;
  }

  /** The same, or null when there is no key any more: the subject was erased. */
  async cipherIfKept(trx: InTransaction, subjectId: string): Promise<SubjectCipher | null> {
    return (await lockBucketOf(trx, subjectId)) === null ? null : this.cipher(trx, subjectId);
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

  /** Makes the key of one owner, a subject or a privacy request, in a bucket drawn at random. */
  async createKey(trx: InTransaction, ownerId: string): Promise<SubjectCipher> {
    const bucket = drawBucket();
    await lockBucketsShared(trx, [bucket]);
    const { key, cipher } = createSubjectKey(this.#ring, ownerId, bucket);
    await trx.insertInto('keys.subject_keys').values(keyRow(ownerId, key)).execute();
    return cipher;
  }

  /**
   * An id that lasts says who it is. By a number or handle alone the person is found too, but not when the webhook names
   * an id that lasts and the subject has another one: then the number has been passed on.
   */
  async #meaningOf(
    trx: InTransaction,
    account: string,
    identifiers: readonly Identifier[],
  ): Promise<Meaning> {
    const owners = await this.#ownersOf(trx, account, identifiers);
    const lasting = owners.filter(({ identifier }) => LASTING.includes(identifier.kind));
    let subjectId = firstOwner(lasting);
    if (subjectId === null) {
      const holder = firstOwner(owners);
      const newId = lasting[0]?.identifier;
      const wasPassedOn =
        holder !== null && newId !== undefined && (await hasKind(trx, holder, newId.kind));
      subjectId = wasPassedOn ? null : holder;
    }
    const astray = owners.filter((one) => one.subjectId === null || one.subjectId !== subjectId);
    return { subjectId, astray };
  }

  async #ownersOf(
    trx: InTransaction,
    account: string,
    identifiers: readonly Identifier[],
  ): Promise<IndexedIdentifier[]> {
    await this.#lockBuckets(trx, account, identifiers);
    // The entries are computed under the lock: a rewrap in between would have changed them.
    const wanted = identifiers.map((identifier) => ({
      identifier,
      entries: this.#index.entriesOf(account, identifier),
    }));
    return findOwners(trx, wanted);
  }

  /** From now on these identifiers lead to the subject, in place of earlier ones of the same kinds. */
  async #lead(
    trx: InTransaction,
    subjectId: string,
    identifiers: readonly IndexedIdentifier[],
  ): Promise<void> {
    if (identifiers.length === 0) return;
    for (const one of identifiers) await this.#forget(trx, one, subjectId);
    const kinds = identifiers.map(({ identifier }) => identifier.kind);
    // Whoever was met in this transaction by what is gone now must be looked up anew.
    if ((await removeKinds(trx, subjectId, kinds)) > 0) this.#met.delete(trx);
    await addIdentifiers(trx, subjectId, identifiers);
  }

  /** The identifier leads to nobody any more. Unless its holder is `except`, nothing may be sent there for them either. */
  async #forget(
    trx: InTransaction,
    { identifier, entries, subjectId }: IndexedIdentifier,
    except: string | null,
  ): Promise<void> {
    if (subjectId === null) return;
    this.#met.delete(trx);
    await removeIdentifiers(trx, [{ entries }]);
    if (subjectId === except) return;
    const cipher = await this.cipher(trx, subjectId);
    await replaceAddress(trx, cipher, (held) => (isAt(held, identifier) ? null : held));
  }

  async #lockBuckets(
    trx: InTransaction,
    account: string,
    identifiers: readonly Identifier[],
  ): Promise<void> {
    await lockBucketsShared(
      trx,
      identifiers.map((identifier) => this.#index.bucketOf(account, identifier)),
    );
  }

  /** Keeps every other transaction from changing whom these identifiers lead to. Hold the buckets' locks. */
  async #lockAlone(
    trx: InTransaction,
    account: string,
    identifiers: readonly Identifier[],
  ): Promise<void> {
    await lockIdentifiers(
      trx,
      identifiers.map((identifier) => this.#index.entriesOf(account, identifier)[0].block),
    );
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
