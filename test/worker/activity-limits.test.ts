import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { createConversationActivities } from '../../worker/conversation-deps.ts';
import type { createPrivacyActivities } from '../../worker/privacy-deps.ts';
import {
  HEARTBEAT_TIMEOUT,
  PATIENT_HEARTBEAT_TIMEOUT,
} from '../../workflows/lib/activity-options.ts';
import { proxiesIn } from './proxies-in.ts';
import type { Proxied } from './proxies-in.ts';

type ActivityName =
  | keyof ReturnType<typeof createConversationActivities>
  | keyof ReturnType<typeof createPrivacyActivities>;

const WORKFLOWS = fileURLToPath(new URL('../../workflows', import.meta.url));
/** A local activity is missed with the workflow's step that it is a part of. */
const WITH_ITS_STEP = 'with its step';

/** After how long somebody else takes over what a worker was at that died. Every activity of both task queues is here. */
const MISSED_AFTER: Record<ActivityName, string> = {
  writeReply: HEARTBEAT_TIMEOUT,
  writeFallback: HEARTBEAT_TIMEOUT,
  deliver: WITH_ITS_STEP,
  reconcile: HEARTBEAT_TIMEOUT,
  wakeOverdue: HEARTBEAT_TIMEOUT,
  dropAddresses: HEARTBEAT_TIMEOUT,
  tendWaitingReplies: HEARTBEAT_TIMEOUT,
  tellOfSilence: HEARTBEAT_TIMEOUT,
  fence: PATIENT_HEARTBEAT_TIMEOUT,
  beginDestroying: PATIENT_HEARTBEAT_TIMEOUT,
  endExecutions: PATIENT_HEARTBEAT_TIMEOUT,
  untilExecutionsGone: PATIENT_HEARTBEAT_TIMEOUT,
  destroyKey: PATIENT_HEARTBEAT_TIMEOUT,
  eraseEveryRow: PATIENT_HEARTBEAT_TIMEOUT,
  rescanStores: PATIENT_HEARTBEAT_TIMEOUT,
  takeSilentPeople: PATIENT_HEARTBEAT_TIMEOUT,
  replaceLeftKeys: PATIENT_HEARTBEAT_TIMEOUT,
  endTheirExecutions: PATIENT_HEARTBEAT_TIMEOUT,
  eraseTheirRows: PATIENT_HEARTBEAT_TIMEOUT,
  countOverdue: PATIENT_HEARTBEAT_TIMEOUT,
  finishPurge: PATIENT_HEARTBEAT_TIMEOUT,
  expireBackupKeys: PATIENT_HEARTBEAT_TIMEOUT,
  replaceRootKey: PATIENT_HEARTBEAT_TIMEOUT,
  renewSigningKey: PATIENT_HEARTBEAT_TIMEOUT,
  signLedger: PATIENT_HEARTBEAT_TIMEOUT,
  copyCheckpoints: PATIENT_HEARTBEAT_TIMEOUT,
  restartLostRequests: PATIENT_HEARTBEAT_TIMEOUT,
  clearTombstones: PATIENT_HEARTBEAT_TIMEOUT,
  recordState: PATIENT_HEARTBEAT_TIMEOUT,
  beginWork: PATIENT_HEARTBEAT_TIMEOUT,
  eraseSubject: PATIENT_HEARTBEAT_TIMEOUT,
  certify: PATIENT_HEARTBEAT_TIMEOUT,
  tellPerson: PATIENT_HEARTBEAT_TIMEOUT,
  mailPerson: PATIENT_HEARTBEAT_TIMEOUT,
  forgetContact: PATIENT_HEARTBEAT_TIMEOUT,
  closeRequest: PATIENT_HEARTBEAT_TIMEOUT,
  alertStaff: PATIENT_HEARTBEAT_TIMEOUT,
  recordMiss: PATIENT_HEARTBEAT_TIMEOUT,
};

const proxied = globSync('**/*.ts', { cwd: WORKFLOWS }).flatMap((file) =>
  proxiesIn(readFileSync(path.join(WORKFLOWS, file), 'utf8')),
);

function missedAfter({ isLocal, options }: Proxied): string | undefined {
  if (isLocal) return WITH_ITS_STEP;
  const given = options['heartbeatTimeout'];
  return { HEARTBEAT_TIMEOUT, PATIENT_HEARTBEAT_TIMEOUT }[given ?? ''];
}

test('whatever a worker was at when it died, somebody else takes over after seconds', () => {
  const found = proxied.flatMap((one) => one.names.map((name) => [name, missedAfter(one)]));
  expect(Object.fromEntries(found)).toEqual(MISSED_AFTER);
});

test('no activity may run on without an end', () => {
  const endless = proxied.filter(
    ({ options }) => !('startToCloseTimeout' in options || 'scheduleToCloseTimeout' in options),
  );
  expect(endless).toEqual([]);
});
