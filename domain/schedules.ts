/** Work that Temporal starts by the clock. The ids are fixed, so that every process that sets them up means the same. */
export const SCHEDULES = {
  dispatchSweep: { id: 'schedule/dispatch-sweep', everyMs: 10_000, workflowType: 'dispatchSweep' },
} as const;
