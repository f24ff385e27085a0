import { deriveKey } from '../../lib/crypto/envelope.ts';
import { SEALED_KEY_BYTES } from '../../lib/crypto/key-slot.ts';
import { RING_DISK } from '../../lib/crypto/ring-disk.ts';
import { RingSlots } from '../../lib/crypto/ring-slots.ts';
import { dataKeysOf, ringPathsIn } from './attacker.ts';
import { formsOf } from './byte-scan.ts';
import type { Form } from './byte-scan.ts';
import { carvedOf } from './carve.ts';
import type { Loot } from './loot.ts';

/**
 * Every form of every key that an erasure of these owners must leave nowhere: their data keys, the keys of their buckets
 * and of their identifiers' buckets, what is derived of each, and the bytes that the latter lay under in the ring.
 */
export function formsOfKeysThatGo(loot: Loot, owners: readonly string[]): Form[] {
  const { wraps, blocks } = carvedOf(loot.dump, owners);
  const dataKeys = dataKeysOf([loot.dump], loot.keyFolder);
  const ofOwners = owners.flatMap((owner) => {
    const key = dataKeys.get(owner);
    if (key === undefined) throw new Error('an owner without a data key');
    return formsOfKey('destroyed: data key', key, ['sealing', 'fingerprint']);
  });
  const ring = RingSlots.open(ringPathsIn(loot.keyFolder), RING_DISK);
  const ofBuckets = [...new Set([...wraps, ...blocks].map(({ bucket }) => bucket))].flatMap(
    (bucket) =>
      ring
        .bucket(bucket)
        .flatMap(({ slot, key }) => [
          ...formsOfKey('destroyed: bucket key', key, ['wrapping', 'identifier index']),
          ...formsOf('destroyed: sealed bucket key', sealedIn(ring.bucketSlotBytes(bucket, slot))),
        ]),
  );
  ring.close();
  return [...ofOwners, ...ofBuckets];
}

function formsOfKey(name: string, key: Buffer, purposes: readonly string[]): Form[] {
  return [
    ...formsOf(name, key),
    ...purposes.flatMap((purpose) => formsOf(`${name} for ${purpose}`, deriveKey(key, purpose))),
  ];
}

/** The key in a slot, without the number before it and the empty bytes after it. */
function sealedIn(slot: Buffer): Buffer {
  return slot.subarray(8, 8 + SEALED_KEY_BYTES);
}
