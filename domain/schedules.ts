const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

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
    runTimeoutMs: 10 * MINUTE,
    // A sweep that was missed is made good by the next one.
    catchupMs: MINUTE,
    workflowType: 'dispatchSweep',
    workflowId: 'dispatch-sweep',
  },
  ledgerCheckpoint: {
    id: 'schedule/ledger-checkpoint',
    namespace: 'privacy',
    everyMs: HOUR,
    runTimeoutMs: 50 * MINUTE,
    catchupMs: HOUR,
    workflowType: 'ledgerCheckpoint',
    workflowId: 'ledger-checkpoint',
  },
  keyRotation: {
    id: 'schedule/key-rotation',
    namespace: 'privacy',
    everyMs: HOUR,
    // Shorter than an hour, so that a run that hangs never keeps the next one from starting.
    runTimeoutMs: 50 * MINUTE,
    catchupMs: HOUR,
    workflowType: 'keyRotation',
    workflowId: 'key-rotation',
  },
  reconcileRequests: {
    id: 'schedule/reconcile-requests',
    namespace: 'privacy',
    everyMs: 15 * MINUTE,
    runTimeoutMs: 14 * MINUTE,
    catchupMs: 15 * MINUTE,
    workflowType: 'reconcileRequests',
    workflowId: 'reconcile-requests',
  },
  retentionPurge: {
    id: 'schedule/retention-purge',
    namespace: 'privacy',
    everyMs: HOUR,
    // Shorter than an hour, so that a run that hangs never keeps the next one from starting.
    runTimeoutMs: 50 * MINUTE,
    // A run makes up for all that were missed; this is only how soon it begins after an outage.
    catchupMs: HOUR,
    workflowType: 'retentionPurge',
    workflowId: 'retention-purge',
  },
} as const satisfies Record<string, Schedule>;
