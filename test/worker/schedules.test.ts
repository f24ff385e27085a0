import { SCHEDULES } from '../../domain/schedules.ts';
import { ensureSchedules } from '../../worker/schedules.ts';
import { createInstallation } from '../support/installation.ts';

const mayfly = await createInstallation();
const clients = { conversations: mayfly.client, privacy: mayfly.privacyClient };

test.each(Object.values(SCHEDULES))(
  'the schedule $id stands in its namespace, and setting it up again changes nothing',
  async (schedule) => {
    await ensureSchedules(clients);
    await ensureSchedules(clients);
    const { spec, action, policies } = await clients[schedule.namespace].schedule
      .getHandle(schedule.id)
      .describe();
    expect(spec.intervals).toEqual([expect.objectContaining({ every: schedule.everyMs })]);
    expect(action).toMatchObject({
      workflowType: schedule.workflowType,
      workflowId: schedule.workflowId,
      workflowRunTimeout: schedule.runTimeoutMs,
    });
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: schedule.catchupMs });
  },
);
