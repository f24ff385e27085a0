import { ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { CONVERSATIONS_TASK_QUEUE } from '../domain/conversation.ts';
import { PRIVACY_TASK_QUEUE } from '../domain/erasure.ts';
import { SCHEDULES } from '../domain/schedules.ts';
import type { Schedule } from '../domain/schedules.ts';

const TASK_QUEUES = {
  conversations: CONVERSATIONS_TASK_QUEUE,
  privacy: PRIVACY_TASK_QUEUE,
} as const;

/** Makes the schedules of each namespace what the code says, whether or not they exist. */
export async function ensureSchedules(
  clients: Record<Schedule['namespace'], Client>,
): Promise<void> {
  for (const schedule of Object.values(SCHEDULES))
    await ensureSchedule(clients[schedule.namespace], schedule);
}

async function ensureSchedule(client: Client, schedule: Schedule): Promise<void> {
  const spec = { intervals: [{ every: schedule.everyMs }] };
  const action = {
    type: 'startWorkflow',
    workflowType: schedule.workflowType,
    workflowId: schedule.workflowId,
    taskQueue: TASK_QUEUES[schedule.namespace],
    args: [],
    workflowRunTimeout: schedule.runTimeoutMs,
  } as const;
  const policies = {
    overlap: ScheduleOverlapPolicy.SKIP,
    catchupWindow: schedule.catchupMs,
  } as const;
  try {
    await client.schedule.create({ scheduleId: schedule.id, spec, action, policies });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(schedule.id)
      .update((known) => ({ ...known, spec, action, policies }));
  }
}
