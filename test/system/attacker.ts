import { createHmac } from 'node:crypto';
import path from 'node:path';
import { DatedKeyFile } from '../../lib/crypto/dated-key-file.ts';
import { deriveKey, open, SealBroken } from '../../lib/crypto/envelope.ts';
import { FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import { encryptBlocks, IdentifierIndex } from '../../lib/crypto/identifier-index.ts';
import { BUCKETS, RING_SECRETS } from '../../lib/crypto/key-ring.ts';
import { unwrapKey } from '../../lib/crypto/rewrap.ts';
import { SubjectCipher, wrapContext } from '../../lib/crypto/subject-cipher.ts';
import { carve } from './carve.ts';
import type { Carved, CarvedOf, Known } from './carve.ts';
import type { Dump } from './dump.ts';

/** What a key of the product is derived for. */
export const PURPOSES = [
  'wrapping',
  'sealing',
  'fingerprint',
  'identifier index',
  'key backup',
  'staff pseudonym',
] as const;

/** Opens the ring in a folder of keys for as long as it is used. */
export function withRing<T>(keyFolder: string, use: (ring: FileKeyRing) => T): T {
  const ring = FileKeyRing.open(ringPathsIn(keyFolder));
  try {
    return use(ring);
  } finally {
    ring.close();
  }
}

export function ringPathsIn(keyFolder: string) {
  return {
    ringFile: path.join(keyFolder, 'key-ring'),
    rootKeyFile: path.join(keyFolder, 'root-key'),
  };
}

/** The data keys that a ring opens of those in these copies of the database, by their owners. */
export function dataKeysOf(dumps: readonly Dump[], keyFolder: string): Map<string, Buffer> {
  const rows = dumps.flatMap((dump) => dump['keys.subject_keys']);
  return withRing(
    keyFolder,
    (ring) =>
      new Map(
        rows.flatMap(({ subject_id: id, bucket, bucket_version, wrapped_key: wrapped }) => {
          const version = BigInt(bucket_version);
          const key = orNull(() => unwrapKey(ring, id, { bucket, version, wrapped }));
          return key === null ? [] : [[id, key] as const];
        }),
      ),
  );
}

/** What somebody reads who has copies of the database from before and now, and a folder of keys. */
export function attack(dumps: readonly Dump[], keyFolder: string) {
  const keys = dataKeysOf(dumps, keyFolder);
  const opened: (Carved & { text: string })[] = [];
  const closed: Carved[] = [];
  for (const one of dumps.flatMap(carve)) {
    const key = keys.get(one.ownerId);
    const text = key === undefined ? null : textOf(one, key);
    if (text === null) closed.push(one);
    else opened.push({ ...one, text });
  }
  return { opened, closed };
}

function textOf({ column, rowId, ownerId, sealed }: Carved, dataKey: Buffer): string | null {
  return orNull(() => new SubjectCipher(ownerId, dataKey).open(column, rowId, sealed));
}

/** Whom an identifier leads to in a copy of the database, the way the product looks it up. */
export function whoIs(dump: Dump, keyFolder: string, { account, identifiers }: Known) {
  return withRing(keyFolder, (ring) => {
    const index = new IdentifierIndex(ring);
    return identifiers.map((identifier) => {
      const entries = index.entriesOf(account, identifier);
      const found = dump['keys.identifiers'].find((row) =>
        entries.some(
          ({ bucket, version, block }) =>
            row.bucket === bucket &&
            row.bucket_version === String(version) &&
            row.block.equals(block),
        ),
      );
      return found?.subject_id ?? null;
    });
  });
}

/** Something that a key could open, or by which it could be told whose it is. */
export interface Lock {
  name: string;
  /** What the product would derive the key for. */
  purpose: (typeof PURPOSES)[number];
  yieldsTo(key: Buffer): boolean;
}

/** What was carved of one owner, each to be tried with any key. */
export function locksOf(
  { values, wraps, blocks, fingerprints }: CarvedOf,
  known: Known,
  keyFolder: string,
): Lock[] {
  const hashes = withRing(keyFolder, (ring) => {
    const index = new IdentifierIndex(ring);
    return known.identifiers.flatMap((identifier) => index.hashesOf(known.account, identifier));
  });
  const sealed = values.map(({ column, rowId, ownerId, sealed: bytes }) =>
    lock(column, 'sealing', (key) => open(key, bytes, [column, rowId, ownerId])),
  );
  const wrapped = wraps.map(({ subject_id: id, bucket, bucket_version, wrapped_key: bytes }) =>
    lock('a wrapped key', 'wrapping', (key) =>
      open(key, bytes, wrapContext(id, bucket, BigInt(bucket_version))),
    ),
  );
  const indexed = blocks.map(({ kind, block }) =>
    lock(`the block of a ${kind}`, 'identifier index', (key) =>
      hashes.some((hash) => encryptBlocks(key, hash).equals(block)),
    ),
  );
  const printed = fingerprints.map((fingerprint) =>
    lock('the fingerprint of a message id', 'fingerprint', (key) =>
      createHmac('sha256', key)
        .update(known.messageId)
        .digest()
        .subarray(0, fingerprint.length)
        .equals(fingerprint),
    ),
  );
  return [...wrapped, ...sealed, ...indexed, ...printed];
}

function lock(name: string, purpose: Lock['purpose'], turn: (key: Buffer) => unknown): Lock {
  return { name, purpose, yieldsTo: (key) => (orNull(() => turn(key)) ?? false) !== false };
}

/** The names of the locks that one of these keys opens, as it is or derived as the product would. */
export function openedByForce(keys: Iterable<Buffer>, locks: readonly Lock[]): string[] {
  const opened = new Set<string>();
  const purposes = [...Map.groupBy(locks, ({ purpose }) => purpose)];
  // Each failure is an error that is thrown, and noting where it came from takes most of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    for (const key of keys)
      for (const [purpose, tried] of purposes) {
        const derived = deriveKey(key, purpose);
        for (const { name, yieldsTo } of tried)
          if (yieldsTo(key) || yieldsTo(derived)) opened.add(name);
      }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return [...opened].sort();
}

/** Every key that the product itself reads from such a folder, and every one that it could derive from those. */
export function keysTheProductHas(keyFolder: string): Buffer[] {
  const kept = withRing(keyFolder, (ring) => [
    ...Array.from({ length: BUCKETS }, (_, bucket) => ring.bucketKeys(bucket)).flat(),
    ...RING_SECRETS.map((name) => ({ key: ring.secret(name) })),
    ...ring.dayKeys(),
  ]);
  const dated = ['root-key', 'backup-keys'].flatMap((name) =>
    datedKeysIn(path.join(keyFolder, name)),
  );
  return [...kept.map(({ key }) => key), ...dated].flatMap((key) => [
    key,
    ...PURPOSES.map((purpose) => deriveKey(key, purpose)),
  ]);
}

/** The keys of a file that holds the newest and the one before. */
export function datedKeysIn(file: string): Buffer[] {
  const opened = DatedKeyFile.open(file);
  try {
    return opened.keys().map(({ key }) => key);
  } finally {
    opened.close();
  }
}

function orNull<T>(use: () => T): T | null {
  try {
    return use();
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
