import { createHmac, createSecretKey, randomBytes, randomInt } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { deriveKey, open, seal, SealBroken } from './envelope.ts';
import { BUCKETS } from './key-ring.ts';
import type { KeyRing } from './key-ring.ts';

/** Every column that is sealed under a person's key. The inventory says what each holds. */
export const SEALED_COLUMNS = [
  'addresses.sealed_address',
  'messages.sealed_text',
  'messages.sealed_provider_id',
  'deliveries.sealed_text',
  'deliveries.sealed_provider_id',
  'delivery_copies.sealed_provider_id',
  'requests.sealed_contact',
  'requests.sealed_phrase',
] as const;
export type SealedColumn = (typeof SEALED_COLUMNS)[number];

/** A subject's data key as it lies in Postgres: wrapped by the key of its bucket. */
export interface WrappedKey {
  bucket: number;
  version: bigint;
  wrapped: Buffer;
}

/** Seals and opens what belongs to one person. A value opens only in the column, row and person it was sealed for. */
export class SubjectCipher {
  readonly subjectId: string;
  readonly #sealing: KeyObject;
  readonly #fingerprinting: KeyObject;
  readonly #naming: KeyObject;

  constructor(subjectId: string, dataKey: Buffer) {
    this.subjectId = subjectId;
    this.#sealing = createSecretKey(deriveKey(dataKey, 'sealing'));
    this.#fingerprinting = createSecretKey(deriveKey(dataKey, 'fingerprint'));
    this.#naming = createSecretKey(deriveKey(dataKey, 'token'));
  }

  seal(column: SealedColumn, rowId: string, text: string): Buffer {
    return seal(this.#sealing, Buffer.from(text, 'utf8'), [column, rowId, this.subjectId]);
  }

  open(column: SealedColumn, rowId: string, sealed: Buffer): string {
    return open(this.#sealing, sealed, [column, rowId, this.subjectId]).toString('utf8');
  }

  /** Finds a Meta message id again. It is keyed by the person, so destroying their key makes every copy noise. */
  fingerprint(providerId: string): Buffer {
    return createHmac('sha256', this.#fingerprinting).update(providerId).digest().subarray(0, 16);
  }

  /**
   * What goes to Meta beside the person's address in place of our id of a row. Only the person's key leads from one to
   * the other: once they are erased, what Meta keeps leads to nothing of ours, in any copy of the database.
   */
  token(rowId: string): string {
    return createHmac('sha256', this.#naming).update(rowId).digest('hex').slice(0, 32);
  }
}

/** A bucket for a new person, drawn at random. */
export function drawBucket(): number {
  return randomInt(BUCKETS);
}

/** Makes a person's data key. Hold the bucket's lock until the wrapped key is committed. */
export function createSubjectKey(
  ring: KeyRing,
  subjectId: string,
  bucket: number,
): { key: WrappedKey; cipher: SubjectCipher } {
  const dataKey = randomBytes(32);
  const [{ version, key }] = ring.bucketKeys(bucket);
  const wrapped = seal(
    deriveKey(key, 'wrapping'),
    dataKey,
    wrapContext(subjectId, bucket, version),
  );
  return { key: { bucket, version, wrapped }, cipher: new SubjectCipher(subjectId, dataKey) };
}

/** Opens a wrapped data key; throws `SealBroken` when the bucket's key of that version is gone. */
export function openSubjectKey(ring: KeyRing, subjectId: string, key: WrappedKey): SubjectCipher {
  const bucketKey = ring.bucketKeys(key.bucket).find(({ version }) => version === key.version);
  if (bucketKey === undefined) throw new SealBroken();
  const context = wrapContext(subjectId, key.bucket, key.version);
  return new SubjectCipher(
    subjectId,
    open(deriveKey(bucketKey.key, 'wrapping'), key.wrapped, context),
  );
}

/** What a wrapped key is bound to: whose it is, and where it lies. */
export function wrapContext(subjectId: string, bucket: number, version: bigint): string[] {
  return ['subject key', subjectId, String(bucket), String(version)];
}
