import { HOUR_MS, MINUTE_MS } from '../../domain/durations.ts';
import { CancellationScope, proxyActivities, sleep } from '@temporalio/workflow';
import type { RequestActivities } from '../../activities/request-activities.ts';
import { ALERT_SHARES } from '../../domain/privacy-request.ts';
import type { RequestInput } from '../../domain/privacy-request.ts';
import { PATIENT_HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './activity-options.ts';
import type { RequestProgress } from './request-progress.ts';

const { alertStaff, recordMiss } = proxyActivities<RequestActivities>({
  startToCloseTimeout: '30 seconds',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  retry: UNTIL_IT_WORKS,
});

/** A person who has not confirmed is answered at the due time itself, and that takes a moment. */
const ANSWERING_MS = MINUTE_MS;

/** Does the work for an answer while the clock runs; the clock ends with the answer. */
export async function underTheClock<T>(
  request: RequestInput,
  progress: RequestProgress,
  work: () => Promise<T>,
): Promise<T> {
  const clock = new CancellationScope();
  const watching = clock.run(() => watchClock(request, progress));
  try {
    // A clock that has run down does not end the work: late work goes on.
    return await Promise.race([work(), watching.then(forEver)]);
  } finally {
    clock.cancel();
  }
}

function forEver(): Promise<never> {
  return new Promise(() => undefined);
}

/**
 * Policy D6: alerts well before the due time, and a miss that is recorded, never hidden. Of several alerts that came
 * due during an outage only the last is given, and none once the time is up: then there is the miss.
 */
async function watchClock(request: RequestInput, progress: RequestProgress): Promise<void> {
  const lengthMs = request.dueAtMs - request.receivedAtMs;
  const alerts = ALERT_SHARES.map((share) => request.receivedAtMs + share * lengthMs);
  for (const [index, alertAtMs] of alerts.entries()) {
    await sleepUntil(alertAtMs, 'until the next alert');
    if (Date.now() >= (alerts[index + 1] ?? request.dueAtMs)) continue;
    progress.clockIs('at risk');
    await alertStaff({
      requestId: request.requestId,
      afterHours: Math.round((alertAtMs - request.receivedAtMs) / HOUR_MS),
      hoursLeft: Math.round((request.dueAtMs - Date.now()) / HOUR_MS),
    });
  }
  await sleepUntil(request.dueAtMs, 'until the answer is due');
  if (progress.waitsForPerson)
    await sleepUntil(request.dueAtMs + ANSWERING_MS, 'until the answer must have been given');
  progress.clockIs('missed');
  await recordMiss({ requestId: request.requestId });
}

/** Sleeps until a time in ms since 1970; not at all when it has passed. */
export async function sleepUntil(timeMs: number, summary: string): Promise<void> {
  const leftMs = timeMs - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary });
}
