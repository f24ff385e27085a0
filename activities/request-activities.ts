import { heartbeat } from '@temporalio/activity';
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ERASURE_TYPE, erasureId, PRIVACY_TASK_QUEUE } from '../domain/erasure.ts';
import type { ErasureInput, ErasureProof } from '../domain/erasure.ts';
import type { RequestState } from '../domain/privacy-request.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import type { Log } from '../lib/log.ts';
import type { Database } from '../lib/postgres/database.ts';
import { appendLedger } from '../lib/postgres/ledger.ts';
import { dropContact } from '../lib/postgres/request-contact.ts';
import { beginWork, readState, recordStep, saveProof } from '../lib/postgres/requests.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import type { CertifyRequest } from './certify-request.ts';
import type { TellPerson } from './tell-person.ts';

/** What a privacy request may do to the world. */
export interface RequestActivities {
  recordState(step: { requestId: string; state: RequestState }): Promise<void>;
  /** Whom to erase now; null when the person has taken the request back. */
  beginWork(request: { requestId: string }): Promise<{ subjectIds: string[]; channelsNamed: number } | null>;
  /** Erases one person, or joins the erasure that runs already; `lastForeignCopyMs` is in ms since 1970, 0 for none. */
  eraseSubject(work: { requestId: string; subjectId: string }): Promise<{ lastForeignCopyMs: number }>;
  certify: CertifyRequest;
  tellPerson: TellPerson;
  /** Drops the contact data and its key, and notes why the request ended. */
  closeRequest(request: { requestId: string; reason: string | null }): Promise<void>;
  alertStaff(alert: { requestId: string; hoursLeft: number }): Promise<void>;
  recordMiss(request: { requestId: string }): Promise<void>;
}

export interface RequestDeps {
  db: Database;
  ring: KeyRing;
  /** Of the privacy namespace. */
  privacy: Client;
  /** How long the AI provider keeps a log of what it was asked, in milliseconds; 0 when it keeps none. */
  modelRetentionMs: number;
  certify: CertifyRequest;
  tellPerson: TellPerson;
  log: Log;
}

export function createRequestActivities(deps: RequestDeps): RequestActivities {
  const { db, ring, log } = deps;
  return {
    recordState: ({ requestId, state }) => recordStep(db, requestId, state),

    beginWork: ({ requestId }) => inTransaction(db, (trx) => beginWork(trx, requestId)),

    eraseSubject: async ({ requestId, subjectId }) => {
      const proof = await erase(deps.privacy, subjectId);
      const lastForeignCopyMs =
        proof.lastModelCallMs === null || deps.modelRetentionMs === 0 ? 0 : proof.lastModelCallMs + deps.modelRetentionMs;
      await inTransaction(db, async (trx) => {
        const isNew = await saveProof(trx, { requestId, subjectId, proof, lastForeignCopyMs });
        if (!isNew) return;
        const rows = proof.erased.reduce((sum, { count }) => sum + count, 0);
        const counts = { cause: 'on request', stores: proof.erased.length, rows } as const;
        await appendLedger(trx, { actorRole: 'system', action: 'erased', requestId, details: counts });
        const rescan = { stores: proof.rescanned.length, found: 0 };
        await appendLedger(trx, { actorRole: 'system', action: 'rescan', requestId, details: rescan });
      });
      return { lastForeignCopyMs };
    },

    certify: deps.certify,
    tellPerson: deps.tellPerson,

    closeRequest: async ({ requestId, reason }) => {
      await dropContact(db, ring, { requestId, reason }, async (trx) => {
        const end = await readState(trx, requestId);
        await appendLedger(trx, { actorRole: 'system', action: 'request ended', requestId, details: { end } });
      });
    },

    alertStaff: async ({ requestId, hoursLeft }) => {
      log.warn({ event: 'request due', count: hoursLeft }, 'a privacy request is due soon; the number is the hours left');
      await inTransaction(db, (trx) =>
        appendLedger(trx, { actorRole: 'system', action: 'alert', requestId, details: { hours: Math.max(hoursLeft, 0) } }),
      );
    },

    recordMiss: async ({ requestId }) => {
      log.error({ event: 'request late' }, 'a privacy request was not answered in time');
      await inTransaction(db, (trx) =>
        appendLedger(trx, { actorRole: 'system', action: 'deadline missed', requestId, details: {} }),
      );
    },
  };
}

/** Only verified requests come this far, and they meet here: one erasure of a subject at a time, for all who asked. */
async function erase(privacy: Client, subjectId: string): Promise<ErasureProof> {
  const input: ErasureInput = { subjectId, cause: 'on request' };
  const handle = await privacy.workflow.start(ERASURE_TYPE, {
    workflowId: erasureId(subjectId),
    taskQueue: PRIVACY_TASK_QUEUE,
    args: [input],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
  });
  const beating = setInterval(heartbeat, 5_000);
  try {
    return (await handle.result()) as ErasureProof;
  } finally {
    clearInterval(beating);
  }
}
