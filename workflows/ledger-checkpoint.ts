import { proxyActivities } from '@temporalio/workflow';
import type { LedgerActivities } from '../activities/ledger-activities.ts';
import { PATIENT_HEARTBEAT_TIMEOUT, UNTIL_IT_WORKS } from './lib/activity-options.ts';

const { renewSigningKey, signLedger, copyCheckpoints } = proxyActivities<LedgerActivities>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: PATIENT_HEARTBEAT_TIMEOUT,
  retry: UNTIL_IT_WORKS,
});

/** Every hour: nobody can change what the ledger says, or cut it short, without a signed statement that says otherwise. */
export async function ledgerCheckpoint(): Promise<{ position: number; copied: number }> {
  // A key that is due goes first, so that it signs nothing more.
  await renewSigningKey();
  const { position } = await signLedger();
  const { copied } = await copyCheckpoints();
  return { position, copied };
}
