import { HOUR_MS, MINUTE_MS } from './durations.ts';

/** One schedule: what it starts, where, how often, how long a run may take and how late a missed one is made up for. */
export interface Schedule {
  id: string;
  namespace: 'conversations' | 'privacy';
  everyMs: number;
  runTimeoutMs: number;
  catchupMs: number;
  workflowType: string;
  workflowId: string;
}

/** Work that Temporal starts by the clock. The ids are fixed, so that every process that sets them up means the same. */
export const SCHEDULES = {
  dispatchSweep: {
    id: 'schedule/dispatch-sweep',
    namespace: 'conversations',
    everyMs: 10_000,
    runTimeoutMs: 10 * MINUTE_MS,
    // A sweep that was missed is made good by the next one.
    catchupMs: MINUTE_MS,
    workflowType: 'dispatchSweep',
    workflowId: 'dispatch-sweep',
  },
  ledgerCheckpoint: {
    id: 'schedule/ledger-checkpoint',
    namespace: 'privacy',
    everyMs: HOUR_MS,
    runTimeoutMs: 50 * MINUTE_MS,
    catchupMs: HOUR_MS,
    workflowType: 'ledgerCheckpoint',
    workflowId: 'ledger-checkpoint',
  },
  keyRotation: {
    id: 'schedule/key-rotation',
    namespace: 'privacy',
    everyMs: HOUR_MS,
    // Shorter than an hour, so that a run that hangs never keeps the next one from starting.
    runTimeoutMs: 50 * MINUTE_MS,
    catchupMs: HOUR_MS,
    workflowType: 'keyRotation',
    workflowId: 'key-rotation',
  },
  reconcileRequests: {
    id: 'schedule/reconcile-requests',
    namespace: 'privacy',
    everyMs: 15 * MINUTE_MS,
    runTimeoutMs: 14 * MINUTE_MS,
    catchupMs: 15 * MINUTE_MS,
    workflowType: 'reconcileRequests',
    workflowId: 'reconcile-requests',
  },
  retentionPurge: {
    id: 'schedule/retention-purge',
    namespace: 'privacy',
    everyMs: HOUR_MS,
    // Shorter than an hour, so that a run that hangs never keeps the next one from starting.
    runTimeoutMs: 50 * MINUTE_MS,
    // A run makes up for all that were missed; this is only how soon it begins after an outage.
    catchupMs: HOUR_MS,
    workflowType: 'retentionPurge',
    workflowId: 'retention-purge',
  },
} as const satisfies Record<string, Schedule>;
