import { sleep } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { conversationId } from '../domain/conversation.ts';
import type { Fence, ReplacedKey, StoreCount } from '../domain/erasure.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import type { SubjectKeyCache } from '../lib/crypto/subject-key-cache.ts';
import { failPoint } from '../lib/fail-point.ts';
import { appendErasure } from '../lib/erasure-list.ts';
import type { Database } from '../store/database.ts';
import { deleteKeys, eraseRows, fenceSubject, rescan } from '../store/erasure/erasure.ts';
import { beginDestroying } from '../store/erasure/holds.ts';
import { erasureToList } from '../store/erasure/listed-erasures.ts';
import { rewrapBucket } from '../store/keys/rewrap-bucket.ts';
import type { Tombstones } from '../store/erasure/tombstones.ts';
import { inTransaction } from '../store/transaction.ts';
import { countExecutions, deleteExecutions } from '../lib/temporal/delete-executions.ts';

/** What an erasure may do to the world. Every one of them can be repeated: what is gone already is a success. */
export interface ErasureActivities {
  fence(subject: { subjectId: string }): Promise<Fence | null>;
  /** Until when a legal hold keeps the person, in ms since 1970; null when none does, and from then on none can. */
  beginDestroying(subject: { subjectId: string }): Promise<{ heldUntilMs: number | null }>;
  /** Ends every run of the conversation; deleting them as well takes Temporal a while. */
  endExecutions(subject: { subjectId: string }): Promise<void>;
  /** Returns when no run is left. */
  untilExecutionsGone(subject: { subjectId: string }): Promise<void>;
  /** `keysReplaced` says up to which version the keys of these buckets had to go. */
  destroyKey(subject: {
    subjectId: string;
    buckets: number[];
  }): Promise<{ at: string; keysReplaced: ReplacedKey[] }>;
  eraseEveryRow(subject: { subjectId: string }): Promise<void>;
  /** Looks for what is left, in the key ring as well. Fails when there is anything. */
  rescanStores(subject: {
    subjectId: string;
    /** Missing when the keys were destroyed by a version that did not tell this yet. */
    keysReplaced?: ReplacedKey[] | undefined;
  }): Promise<{ at: string; counts: StoreCount[] }>;
}

export interface ErasureDeps {
  db: Database;
  ring: KeyRing;
  cache: SubjectKeyCache;
  tombstones: Tombstones;
  erasureListFile: string;
  /** Of the conversations namespace. */
  conversations: Client;
}

const POLL_MS = 500;

export function createErasureActivities({
  db,
  ring,
  cache,
  tombstones,
  erasureListFile,
  conversations,
}: ErasureDeps): ErasureActivities {
  return {
    fence: ({ subjectId }) =>
      inTransaction(db, async (trx) => {
        const fence = await fenceSubject(trx, tombstones, subjectId);
        failPoint('before fence');
        return fence;
      }),

    beginDestroying: async ({ subjectId }) => {
      const until = await inTransaction(db, (trx) => beginDestroying(trx, subjectId));
      return { heldUntilMs: until?.getTime() ?? null };
    },

    endExecutions: async ({ subjectId }) => {
      await deleteExecutions(conversations, conversationId(subjectId));
      failPoint('after executions');
    },

    untilExecutionsGone: async ({ subjectId }) => {
      while ((await deleteExecutions(conversations, conversationId(subjectId))) > 0) {
        await sleep(POLL_MS);
      }
    },

    destroyKey: async ({ subjectId, buckets }) => {
      // On the list first: a key that is destroyed must not come back with a backup of keys.
      appendErasure(erasureListFile, await erasureToList(db, subjectId));
      await deleteKeys(db, subjectId);
      failPoint('after key rows');
      cache.evict(subjectId);
      const keysReplaced: ReplacedKey[] = [];
      for (const bucket of buckets) {
        const { replaced } = await rewrapBucket(db, ring, bucket);
        keysReplaced.push({ bucket, version: Number(replaced) });
      }
      return { at: new Date().toISOString(), keysReplaced };
    },

    eraseEveryRow: ({ subjectId }) => eraseRows(db, subjectId, () => failPoint('between rows')),

    rescanStores: async ({ subjectId, keysReplaced = [] }) => {
      const executions = await countExecutions(conversations, conversationId(subjectId));
      const counts = [
        ...(await rescan(db, subjectId)),
        { store: 'executions of the conversation', count: executions },
        { store: 'old keys of the buckets', count: countOldKeys(ring, keysReplaced) },
      ];
      const left = counts.filter(({ count }) => count > 0);
      if (left.length > 0)
        throw new Error(`The rescan still finds: ${left.map(({ store }) => store).join(', ')}.`);
      failPoint('after rescan');
      return { at: new Date().toISOString(), counts };
    },
  };
}

/** As the ring's file says now: a key that is still there would open what the person left in old copies of the database. */
function countOldKeys(ring: KeyRing, keysReplaced: readonly ReplacedKey[]): number {
  return keysReplaced
    .map(({ bucket, version }) =>
      ring.bucketKeys(bucket).filter((held) => held.version <= BigInt(version)),
    )
    .reduce((sum, left) => sum + left.length, 0);
}
