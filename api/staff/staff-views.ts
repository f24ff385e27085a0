import { clockAt, requestWorkflowId } from '../../domain/privacy-request.ts';
import type { findHolds, findTimeline, StaffRequest } from '../../store/requests/staff-queue.ts';
import { accountView } from '../privacy/account-view.ts';
import type { StaffRouteDeps } from './staff-route-deps.ts';

const timeOrNull = (time: Date | null) => time?.toISOString() ?? null;

/** A request in the queue. Its code is not here: nobody but the person has it. */
export function requestView(request: StaffRequest, now: Date) {
  const { receivedAt, dueAt, answeredAt } = request;
  return {
    id: request.id,
    right: request.right,
    state: request.withdrawnAt === null ? request.state : 'withdrawn',
    intake: request.intake,
    received_at: receivedAt.toISOString(),
    due_at: dueAt.toISOString(),
    clock: clockAt({ receivedAt, dueAt, at: answeredAt ?? now }),
    proven: {
      accounts: request.accounts.filter(({ provenAt }) => provenAt !== null).length,
      of: request.accounts.length,
    },
    accounts: request.accounts.map((one) => accountView(one, request.door)),
    held_until: timeOrNull(request.heldUntil),
    answered_at: timeOrNull(answeredAt),
  };
}

/** One request with everything that was done about it. */
export function timelineView(
  { temporal }: Pick<StaffRouteDeps, 'temporal'>,
  request: StaffRequest,
  { steps, decisions, entries }: Awaited<ReturnType<typeof findTimeline>>,
  now: Date,
) {
  return {
    ...requestView(request, now),
    reason: request.reason,
    closed_at: timeOrNull(request.closedAt),
    steps: steps.map(({ name, at }) => ({ name, at: at.toISOString() })),
    decisions: decisions.map((one) => ({
      decision: one.decision,
      reason: one.reason,
      terms: one.terms,
      ...signatures(one),
    })),
    entries: entries.map(({ at, actorRole, actor, action, details }) => ({
      at: at.toISOString(),
      role: actorRole,
      actor,
      action,
      details,
    })),
    temporal_url:
      temporal === null
        ? null
        : `${temporal.url}/namespaces/${temporal.namespace}/workflows/${encodeURIComponent(requestWorkflowId(request.id))}`,
  };
}

export function holdView(hold: Awaited<ReturnType<typeof findHolds>>[number]) {
  return {
    subject: hold.subject_id,
    reason: hold.reason,
    until: hold.expires_at.toISOString(),
    state: hold.confirmed_at === null ? 'proposed' : 'placed',
    ...signatures(hold),
    lift_proposed_by: hold.lift_proposed_by,
  };
}

function signatures(one: {
  proposed_by: string;
  proposed_at: Date;
  confirmed_by: string | null;
  confirmed_at: Date | null;
}) {
  return {
    proposed_by: one.proposed_by,
    proposed_at: one.proposed_at.toISOString(),
    confirmed_by: one.confirmed_by,
    confirmed_at: timeOrNull(one.confirmed_at),
  };
}
