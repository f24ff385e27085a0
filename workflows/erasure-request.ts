import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { RequestActivities } from '../activities/request-activities.ts';
import { IDENTITY_VERIFIED_SIGNAL, WITHDRAWN_SIGNAL } from '../domain/privacy-request.ts';
import type { RequestEnd, RequestInput } from '../domain/privacy-request.ts';
import { UNTIL_IT_WORKS } from './lib/activity-options.ts';
import { sleepUntil, watchClock } from './lib/request-clock.ts';
import { RequestProgress } from './lib/request-progress.ts';

const identityVerified = defineSignal(IDENTITY_VERIFIED_SIGNAL);
const withdrawn = defineSignal(WITHDRAWN_SIGNAL);

const { beginWork, tellPerson, certify } = proxyActivities<RequestActivities>({
  startToCloseTimeout: '1 minute',
  retry: { ...UNTIL_IT_WORKS, maximumInterval: '15 minutes' },
});
const { eraseSubject } = proxyActivities<RequestActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: '1 minute',
  retry: { ...UNTIL_IT_WORKS, maximumInterval: '15 minutes' },
});

/** A wake by signal may be lost; so often the database is asked whether the person has confirmed meanwhile. */
const LOOK_AGAIN_MS = 3_600_000;

/** Policy D1 to D6: find out who asks, erase, confirm, within 72 hours. Late work alerts and goes on. */
export async function erasureRequest(request: RequestInput): Promise<RequestEnd> {
  const { requestId } = request;
  let isNewsHere = false;
  let isAnswered = false;
  for (const signal of [identityVerified, withdrawn]) setHandler(signal, () => void (isNewsHere = true));
  const progress = new RequestProgress(request);
  void watchClock(request, progress, () => isAnswered);

  await progress.is('confirm it is you');
  let proven = 0;
  let lastForeignCopyMs = 0;
  for (;;) {
    const work = await beginWork({ requestId });
    if (work === null) return progress.ends('withdrawn');
    for (const subjectId of work.subjectIds) {
      const proof = await eraseSubject({ requestId, subjectId });
      lastForeignCopyMs = Math.max(lastForeignCopyMs, proof.lastForeignCopyMs);
      proven += 1;
    }
    // One account that was never confirmed must not keep the others waiting: their answer is due all the same.
    const isLate = Date.now() >= request.dueAtMs;
    if (proven >= work.channelsNamed || isLate) break;
    if (work.subjectIds.length > 0) await progress.is('confirm it is you');
    isNewsHere = false;
    await condition(() => isNewsHere, Math.min(LOOK_AGAIN_MS, request.dueAtMs - Date.now()));
  }
  isAnswered = true;
  if (proven === 0) return progress.ends('not verified', 'nobody confirmed the request from the account it names');

  await progress.is('erased here');
  await certify({ requestId });
  await tellPerson({ requestId });
  if (lastForeignCopyMs > Date.now()) {
    await progress.is('waiting for others');
    await sleepUntil(lastForeignCopyMs, 'until the last copy elsewhere has expired');
  }
  return progress.ends('finished');
}
