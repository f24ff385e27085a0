import { proxyActivities, sleep } from '@temporalio/workflow';
import type { RequestActivities } from '../../activities/request-activities.ts';
import { ALERT_SHARES } from '../../domain/privacy-request.ts';
import type { RequestInput } from '../../domain/privacy-request.ts';
import { UNTIL_IT_WORKS } from './activity-options.ts';
import type { RequestProgress } from './request-progress.ts';

const { alertStaff, recordMiss } = proxyActivities<RequestActivities>({
  startToCloseTimeout: '30 seconds',
  retry: UNTIL_IT_WORKS,
});

/**
 * Policy D6: alerts well before the due time, and a miss that is recorded, never hidden. Late work goes on.
 * Each alert and the miss come once, also after an outage that slept through several of them.
 */
export async function watchClock(request: RequestInput, progress: RequestProgress, isOver: () => boolean): Promise<void> {
  const lengthMs = request.dueAtMs - request.receivedAtMs;
  for (const share of ALERT_SHARES) {
    await sleepUntil(request.receivedAtMs + share * lengthMs, 'until the next alert');
    if (isOver()) return;
    progress.clockIs('at risk');
    await alertStaff({ requestId: request.requestId, hoursLeft: Math.round((request.dueAtMs - Date.now()) / 3_600_000) });
  }
  await sleepUntil(request.dueAtMs, 'until the answer is due');
  if (isOver()) return;
  progress.clockIs('missed');
  await recordMiss({ requestId: request.requestId });
}

/** Sleeps until a time in ms since 1970; not at all when it has passed. */
export async function sleepUntil(timeMs: number, summary: string): Promise<void> {
  const leftMs = timeMs - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary });
}
