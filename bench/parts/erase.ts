import { deleteKeys, eraseRows, fenceSubject, rescan } from '../../store/erasure/erasure.ts';
import { rewrapBucket } from '../../store/keys/rewrap-bucket.ts';
import { Tombstones } from '../../store/erasure/tombstones.ts';
import { inTransaction } from '../../store/transaction.ts';
import { insertSilentPeople } from '../../test/support/silent-people.ts';
import type { Bench } from '../bench.ts';
import { insertOtherPeople } from '../load/other-people.ts';
import { nowMs } from '../measure/clock.ts';
import { summarise } from '../measure/summary.ts';
import type { Summary } from '../measure/summary.ts';
import { withStorage } from './with-storage.ts';
import type { Storage } from './with-storage.ts';

/** The erasure of one person with many messages. */
export interface EraseFigures {
  /** Everybody else in the database. */
  others: number;
  messages: number;
  survivorsInBucket: number;
  /** The fence, which also counts what is held. */
  fenceMs: Summary | null;
  /** From the start of the step that destroys the key: the key's row is gone, and nothing in the database opens. */
  unreadableHereMs: Summary | null;
  /** From the same moment: the bucket's old key is overwritten too, and no copy of the database opens. */
  unreadableEverywhereMs: Summary | null;
  /** The rewrap of the key's bucket with its survivors. */
  rewrapMs: Summary | null;
  rowsGoneMs: Summary | null;
  rescanMs: Summary | null;
}

type Times = Record<
  'fence' | 'unreadableHere' | 'unreadableEverywhere' | 'rewrap' | 'rowsGone' | 'rescan',
  number
>;

const BUCKET = 7;

/** The steps of an erasure by the worker's own functions, among few people and among many. Temporal's part is not in it. */
export async function measureErase(bench: Bench): Promise<Record<string, EraseFigures>> {
  const figures: Record<string, EraseFigures> = {};
  for (const others of bench.plan.erase.others) {
    bench.report(`  among ${others} people`);
    figures[`among ${others}`] = await withStorage(bench, (storage) =>
      eraseAmong(bench, storage, others),
    );
  }
  return figures;
}

async function eraseAmong(
  { plan }: Bench,
  storage: Storage,
  others: number,
): Promise<EraseFigures> {
  const { db, ring } = storage;
  const { messages, survivors, times: count } = plan.erase;
  await insertSilentPeople(db, ring, { count: survivors, days: 1, bucket: BUCKET });
  const people = [];
  for (let n = 0; n < count; n += 1) {
    people.push(
      ...(await insertSilentPeople(db, ring, { count: 1, days: 1, messages, bucket: BUCKET })),
    );
  }
  await insertOtherPeople(db, { count: others, notIn: [BUCKET] });
  const all: Times[] = [];
  for (const { id } of people) all.push(await eraseOne(storage, id));
  const of = (name: keyof Times) => summarise(all.map((times) => times[name]));
  return {
    others,
    messages,
    survivorsInBucket: survivors,
    fenceMs: of('fence'),
    unreadableHereMs: of('unreadableHere'),
    unreadableEverywhereMs: of('unreadableEverywhere'),
    rewrapMs: of('rewrap'),
    rowsGoneMs: of('rowsGone'),
    rescanMs: of('rescan'),
  };
}

async function eraseOne({ db, ring }: Storage, subjectId: string): Promise<Times> {
  const tombstones = new Tombstones(ring);
  const begun = nowMs();
  const fence = await inTransaction(db, (trx) => fenceSubject(trx, tombstones, subjectId));
  const fenced = nowMs();
  await deleteKeys(db, subjectId);
  const deleted = nowMs();
  // The buckets of the identifiers follow in a real erasure, at the same cost each; the other people's keys there open nothing.
  const [keyBucket = BUCKET] = fence?.buckets ?? [];
  await rewrapBucket(db, ring, keyBucket);
  const destroyed = nowMs();
  await eraseRows(db, subjectId, () => undefined);
  const erased = nowMs();
  const left = (await rescan(db, subjectId)).filter(({ count }) => count > 0);
  if (left.length > 0) throw new Error('the rescan found something');
  return {
    fence: fenced - begun,
    unreadableHere: deleted - fenced,
    unreadableEverywhere: destroyed - fenced,
    rewrap: destroyed - deleted,
    rowsGone: erased - destroyed,
    rescan: nowMs() - erased,
  };
}
