import type { Identifier, IdentifierKind } from '../../domain/events.ts';
import type { IdentifierIndex } from '../../lib/crypto/identifier-index.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import { addressAfter, isAt, replaceAddress } from './addresses.ts';
import { lockBucketsShared, lockIdentifiers } from '../keys/bucket-locks.ts';
import type { InTransaction } from '../database.ts';
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
export interface Meaning {
  subjectId: string | null;
  astray: IndexedIdentifier[];
}

/**
 * Whom Meta's identifiers mean, on one business account each. A subject has at most one of each kind, and two people are
 * never joined (docs/decisions: a user id wins over a number).
 */
export class Aliases {
  readonly #index: IdentifierIndex;
  readonly #cipher: (trx: InTransaction, subjectId: string) => Promise<SubjectCipher>;

  constructor(
    index: IdentifierIndex,
    cipher: (trx: InTransaction, subjectId: string) => Promise<SubjectCipher>,
  ) {
    this.#index = index;
    this.#cipher = cipher;
  }

  /**
   * An id that lasts says who it is. By a number or handle alone the person is found too, but not when the webhook names
   * an id that lasts and the subject has another one: then the number has been passed on. Locks the identifiers' buckets
   * until the transaction ends.
   */
  async meaningOf(
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

  /**
   * Everybody whom any of one person's identifiers leads to, except people who have a lasting id of their own beside a
   * number of this person: the number was theirs before it was passed on, and what they wrote is not this person's.
   */
  async everybodyOf(
    trx: InTransaction,
    account: string,
    identifiers: readonly Identifier[],
  ): Promise<readonly string[]> {
    const owners = await this.#ownersOf(trx, account, identifiers);
    const own = owners.find(({ identifier }) => LASTING.includes(identifier.kind))?.identifier;
    const found = new Set<string>();
    for (const { identifier, subjectIds } of owners) {
      for (const id of subjectIds) {
        const isLasting = LASTING.includes(identifier.kind);
        if (isLasting || own === undefined || !(await hasKind(trx, id, own.kind))) found.add(id);
      }
    }
    return [...found];
  }

  /** Keeps every other transaction from changing whom these identifiers lead to, until this one ends. */
  async lockAlone(
    trx: InTransaction,
    account: string,
    identifiers: readonly Identifier[],
  ): Promise<void> {
    await this.#lockBuckets(trx, account, identifiers);
    const blocks = identifiers.map((one) => this.#index.entriesOf(account, one)[0].block);
    await lockIdentifiers(trx, blocks);
  }

  /**
   * From now on these identifiers lead to the subject, in place of earlier ones of the same kinds. Returns whether any
   * led elsewhere before, or took another's place.
   */
  async lead(
    trx: InTransaction,
    subjectId: string,
    identifiers: readonly IndexedIdentifier[],
  ): Promise<boolean> {
    if (identifiers.length === 0) return false;
    for (const one of identifiers) await this.#forget(trx, one, subjectId);
    const kinds = identifiers.map(({ identifier }) => identifier.kind);
    const replaced = await removeKinds(trx, subjectId, kinds);
    await addIdentifiers(trx, subjectId, identifiers);
    return replaced > 0 || identifiers.some((one) => one.subjectId !== null);
  }

  /**
   * The identifiers of a person changed. Those from before lead to nobody any more, whatever becomes of the new ones: a
   * number that was given up is given to somebody else. The subject gains the new ones that are free; one that leads to
   * another subject stays there, because joining two people would show one the other's words. Returns the subject, or
   * null when the identifiers from before meant nobody.
   */
  async change(
    trx: InTransaction,
    account: string,
    { before, next }: { before: readonly Identifier[]; next: readonly Identifier[] },
  ): Promise<string | null> {
    await this.lockAlone(trx, account, [...before, ...next]);
    const { subjectId } = await this.meaningOf(trx, account, before);
    const kinds = next.map(({ kind }) => kind);
    const old = await this.#ownersOf(trx, account, before);
    const givenUp = old.filter(({ identifier }) => kinds.includes(identifier.kind));
    for (const one of givenUp) await this.#forget(trx, one, subjectId);
    if (subjectId === null) return null;

    const owners = await this.#ownersOf(trx, account, next);
    await this.lead(
      trx,
      subjectId,
      owners.filter((one) => one.subjectId === null),
    );
    const own = owners.filter((one) => one.subjectId === null || one.subjectId === subjectId);
    const addresses = own.map(({ identifier }) => identifier);
    const cipher = await this.#cipher(trx, subjectId);
    await replaceAddress(trx, cipher, (held) => addressAfter(held, kinds, addresses));
    return subjectId;
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

  /** The identifier leads to nobody any more. Unless its holder is `except`, nothing may be sent there for them either. */
  async #forget(
    trx: InTransaction,
    { identifier, entries, subjectId }: IndexedIdentifier,
    except: string | null,
  ): Promise<void> {
    if (subjectId === null) return;
    await removeIdentifiers(trx, [{ entries }]);
    if (subjectId === except) return;
    const cipher = await this.#cipher(trx, subjectId);
    await replaceAddress(trx, cipher, (held) => (isAt(held, identifier) ? null : held));
  }

  async #lockBuckets(
    trx: InTransaction,
    account: string,
    identifiers: readonly Identifier[],
  ): Promise<void> {
    const buckets = identifiers.flatMap((one) => this.#index.bucketsOf(account, one));
    await lockBucketsShared(trx, buckets);
  }
}
