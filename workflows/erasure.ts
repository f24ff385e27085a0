import { proxyActivities, setCurrentDetails, sleep } from '@temporalio/workflow';
import type { ErasureActivities } from '../activities/erasure-activities.ts';
import { HOUR_MS } from '../domain/durations.ts';
import type { ErasureInput, ErasureProof } from '../domain/erasure.ts';
import { PATIENT_HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './lib/activity-options.ts';
import { untilHoldIsLookedAt } from './lib/hold-look.ts';

const act = proxyActivities<ErasureActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  // One store that fails keeps the whole erasure open until it works, and shows which one it is.
  retry: { ...UNTIL_IT_WORKS, maximumInterval: '15 minutes' },
});

/** Policy D2 to D4: everything that we hold about one person goes, for good, and a rescan proves it. */
export async function erasure({ subjectId }: ErasureInput): Promise<ErasureProof> {
  // The fence comes first: what is processed from here on could be written after its store was emptied. It also puts up
  // the tombstones, so that from here on a late webhook is dropped and a newer message is a new person.
  setCurrentDetails('fencing off');
  const fence = await act.fence({ subjectId });

  // The hold comes before anything is destroyed. When there is none here, nobody can place one any more.
  await untilNothingHolds(subjectId);

  // Executions end before rows go: a running turn could write a row back.
  setCurrentDetails('ending the conversation');
  await act.endExecutions({ subjectId });

  // Keys go before rows: unreadable must never wait for deleted.
  setCurrentDetails('destroying the key');
  const { at: keyDestroyedAt, keysReplaced } = await act.destroyKey({
    subjectId,
    buckets: fence?.buckets ?? [],
  });

  setCurrentDetails('deleting rows');
  await act.eraseEveryRow({ subjectId });

  // Temporal takes up to a minute to delete what has just ended, and unreadable must not wait for that. By now, a wake
  // that was under way when the fence came up may have started the conversation once more, to find nobody.
  setCurrentDetails('deleting executions of the conversation');
  await act.untilExecutionsGone({ subjectId });

  setCurrentDetails('looking for what is left');
  const { at: rescannedAt, counts: rescanned } = await act.rescanStores({
    subjectId,
    keysReplaced,
  });

  setCurrentDetails('done');
  return {
    outcome: fence === null ? 'nothing held' : 'erased',
    erased: fence?.held ?? [],
    buckets: fence?.buckets.length ?? 0,
    keyDestroyedAt,
    rescannedAt,
    rescanned,
    lastModelCallMs: fence?.lastModelCallMs ?? null,
    lastMetaUse: fence?.lastMetaUse ?? null,
    guardUntilMs: fence?.guardUntilMs ?? null,
  };
}

/** Policy U4: a legal hold delays an erasure, and ends by itself. */
async function untilNothingHolds(subjectId: string): Promise<void> {
  for (;;) {
    setCurrentDetails('looking for a legal hold');
    const { heldUntilMs } = await act.beginDestroying({ subjectId });
    if (heldUntilMs === null) return;
    setCurrentDetails('waiting for the end of a legal hold');
    // Nothing tells it that a hold was lifted; a request looks for one first, so that this is about one in between.
    await sleep(untilHoldIsLookedAt(heldUntilMs, 6 * HOUR_MS), {
      summary: 'until the hold is looked at again',
    });
  }
}
