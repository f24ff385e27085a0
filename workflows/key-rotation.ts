import { proxyActivities } from '@temporalio/workflow';
import type { KeyActivities } from '../activities/key-activities.ts';
import { PATIENT_HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './lib/activity-options.ts';

const { expireBackupKeys, replaceRootKey } = proxyActivities<KeyActivities>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  retry: UNTIL_IT_WORKS,
});

/** Policy S2 and D4, every hour: a root key lives for a day at most, and what opens a key backup for two. */
export async function keyRotation(): Promise<{ replaced: boolean; expired: number }> {
  const { expired } = await expireBackupKeys();
  const { replaced } = await replaceRootKey();
  return { replaced, expired };
}
