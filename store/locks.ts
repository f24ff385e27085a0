/**
 * The numbers of our advisory locks. Of buckets, identifiers and codes there are many, and a second number says which one
 * is locked; of the others there is one each, locked under its number alone. The two kinds never meet.
 */
export const LOCKS = {
  bucket: 0x6d61_0001,
  identifier: 0x6d61_0002,
  ledger: 0x6d61_0003,
  dayKey: 0x6d61_0004,
  requestCode: 0x6d61_0005,
  rootKey: 0x6d61_0007,
  backupKeys: 0x6d61_0008,
} as const;
