import { DAY_MS, HOUR_MS } from '../domain/durations.ts';
import { condition, defineSignal, proxyActivities, setHandler } from '@temporalio/workflow';
import type { RequestActivities } from '../activities/request-activities.ts';
import { IDENTITY_VERIFIED_SIGNAL, WITHDRAWN_SIGNAL } from '../domain/privacy-request.ts';
import type { RequestEnd, RequestInput, RequestWork } from '../domain/privacy-request.ts';
import { PATIENT_HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './lib/activity-options.ts';
import { untilHoldIsLookedAt } from './lib/hold-look.ts';
import { mailPerson, mailPersonMeanwhile } from './lib/mail-person.ts';
import { sleepUntil, underTheClock } from './lib/request-clock.ts';
import { RequestProgress } from './lib/request-progress.ts';

const identityVerified = defineSignal(IDENTITY_VERIFIED_SIGNAL);
const withdrawn = defineSignal(WITHDRAWN_SIGNAL);

const { beginWork, tellPerson, certify, forgetContact } = proxyActivities<RequestActivities>({
  startToCloseTimeout: '1 minute',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  retry: { ...UNTIL_IT_WORKS, maximumInterval: '15 minutes' },
});
const { eraseSubject } = proxyActivities<RequestActivities>({
  startToCloseTimeout: '1 day',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  retry: { ...UNTIL_IT_WORKS, maximumInterval: '15 minutes' },
});

/** The schedule tells requests whose wake was lost; the database is asked this often even if there is no schedule. */
const LOOK_AGAIN_MS = 6 * HOUR_MS;

/** Policy D1 to D6: find out who asks, erase, confirm, within 72 hours. Late work alerts and goes on. */
export async function erasureRequest(request: RequestInput): Promise<RequestEnd> {
  const news = { isHere: false };
  for (const signal of [identityVerified, withdrawn])
    setHandler(signal, () => void (news.isHere = true));
  const progress = new RequestProgress(request);

  let work = await look(request, progress);
  if (!work.isAnswered) {
    mailPersonMeanwhile(request.requestId, 'received');
    const refusal = await underTheClock(request, progress, () => answer(request, progress, news));
    if (refusal !== null) return refusal;
    work = await look(request, progress);
  }
  if (work.lastForeignCopyMs > Date.now()) {
    await progress.is('waiting for others');
    await sleepUntil(work.lastForeignCopyMs, 'until the last copy elsewhere has expired');
  }
  return progress.ends('finished');
}

/** Erases those who are proven, and says so; or ends the request for want of anyone to erase. */
async function answer(
  request: RequestInput,
  progress: RequestProgress,
  news: { isHere: boolean },
): Promise<RequestEnd | null> {
  const { requestId } = request;
  for (;;) {
    news.isHere = false;
    // Asked once: a look that was not the last one has left the door open, whatever the time is when it returns.
    const isLastLook = isDue(request);
    const work = await look(request, progress, isLastLook);
    const { isWithdrawn, isRefused, subjectIds, heldUntilMs, proven, channelsNamed } = work;
    if (isWithdrawn) return progress.ends('withdrawn');
    if (isRefused) return progress.ends('refused');
    if (subjectIds.length > 0) {
      // One whose erasure is stuck must not keep the others waiting.
      await Promise.all(subjectIds.map((subjectId) => eraseSubject({ requestId, subjectId })));
      continue;
    }
    if (heldUntilMs > 0) {
      // The law keeps what the person may ask us to forget. Their clock goes on all the same, and so does the request.
      // It is told when a hold is lifted. A hold may last a year: a look a day keeps the history short.
      await condition(() => news.isHere, untilHoldIsLookedAt(heldUntilMs, DAY_MS));
      continue;
    }
    if (channelsNamed === 0) return progress.ends('nothing found');
    // Each account that it names is proven and erased, and the look that found it so has closed the door.
    if (proven >= channelsNamed) return tell(requestId, progress, null);
    // An account that was never confirmed must not keep the others waiting either: their answer is due all the same.
    if (isLastLook) {
      if (proven > 0) return tell(requestId, progress, 'not every account was confirmed');
      return progress.ends('not verified', 'nobody confirmed it in time');
    }
    await progress.is('confirm it is you');
    const dueInMs = Math.max(request.dueAtMs - Date.now(), 1);
    await condition(() => news.isHere, Math.min(LOOK_AGAIN_MS, dueInMs));
  }
}

/** Says that it is done. The way to the person is forgotten before the rest is waited for: nobody needs it any more. */
async function tell(
  requestId: string,
  progress: RequestProgress,
  reason: string | null,
): Promise<null> {
  await progress.is('erased here');
  await certify({ requestId });
  await tellPerson({ requestId });
  await mailPerson(requestId, reason === null ? 'erased' : 'erased in part');
  await forgetContact({ requestId, reason });
  return null;
}

async function look(
  request: RequestInput,
  progress: RequestProgress,
  isLastLook = isDue(request),
): Promise<RequestWork> {
  const work = await beginWork({ requestId: request.requestId, isLastLook });
  progress.found(work);
  return work;
}

function isDue(request: RequestInput): boolean {
  return Date.now() >= request.dueAtMs;
}
