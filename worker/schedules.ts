import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { CONVERSATIONS_TASK_QUEUE } from '../domain/conversation.ts';
import { SCHEDULES } from '../domain/schedules.ts';

/** Makes the schedules of the conversations namespace what the code says, whether or not they exist. */
export async function ensureSchedules(client: Client): Promise<void> {
  const { id, everyMs, workflowType } = SCHEDULES.dispatchSweep;
  const spec = { intervals: [{ every: everyMs }] };
  const action = {
    type: 'startWorkflow',
    workflowType,
    workflowId: 'dispatch-sweep',
    taskQueue: CONVERSATIONS_TASK_QUEUE,
    args: [],
    workflowRunTimeout: '10 minutes',
  } as const;
  // A sweep that was missed is made good by the next one.
  const policies = { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' } as const;
  try {
    await client.schedule.create({ scheduleId: id, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(id).update((known) => ({ ...known, spec, action, policies }));
  }
}
