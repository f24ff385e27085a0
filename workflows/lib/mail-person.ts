import { DAY_MS } from '../../domain/durations.ts';
import { isCancellation, proxyActivities } from '@temporalio/workflow';
import type { RequestActivities } from '../../activities/request-activities.ts';
import type { MailEvent } from '../../domain/privacy-request.ts';
import { PATIENT_HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './activity-options.ts';

const act = proxyActivities<RequestActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  retry: { ...UNTIL_IT_WORKS, maximumInterval: '15 minutes' },
});

/** A mail server that is away is waited for this long; the address is kept no longer for it. */
const PATIENCE_MS = DAY_MS;

/** Mails the person if they gave an address, and else does nothing. */
export function mailPerson(requestId: string, event: MailEvent): Promise<void> {
  return act.mailPerson({ requestId, event, untilMs: Date.now() + PATIENCE_MS });
}

/** The same, and the work does not wait for it: a mail server that is away must not hold up an erasure. */
export function mailPersonMeanwhile(requestId: string, event: MailEvent): void {
  mailPerson(requestId, event).catch((error: unknown) => {
    if (!isCancellation(error)) throw error;
  });
}
