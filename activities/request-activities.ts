import { cancelled, heartbeat } from '@temporalio/activity';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ERASURE_TYPE, erasureId, PRIVACY_TASK_QUEUE } from '../domain/erasure.ts';
import type { ErasureInput, ErasureProof } from '../domain/erasure.ts';
import type { RequestState, RequestWork } from '../domain/privacy-request.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import type { Log } from '../lib/log.ts';
import type { Database } from '../lib/postgres/database.ts';
import { appendLedger, appendLedgerOnce } from '../lib/postgres/ledger.ts';
import { closeRequest, dropContact } from '../lib/postgres/request-contact.ts';
import { beginWork, saveProof } from '../lib/postgres/request-work.ts';
import { recordStep } from '../lib/postgres/requests.ts';
import { inTransaction } from '../lib/postgres/transaction.ts';
import type { CertifyRequest } from './certify-request.ts';
import type { TellPerson } from './tell-person.ts';

/** What a privacy request may do to the world. */
export interface RequestActivities {
  recordState(step: { requestId: string; state: RequestState }): Promise<void>;
  /** Where the work stands; from here on whoever is to be erased will be. */
  beginWork(request: { requestId: string; isLastLook: boolean }): Promise<RequestWork>;
  /** Erases one person, or joins the erasure that runs already. */
  eraseSubject(work: { requestId: string; subjectId: string }): Promise<void>;
  certify: CertifyRequest;
  tellPerson: TellPerson;
  /** Drops the contact data and its key, and notes why not everything was done, if so. */
  forgetContact(request: { requestId: string; reason: string | null }): Promise<void>;
  /** Drops the contact data as well, and ends the request. */
  closeRequest(request: { requestId: string; reason: string | null }): Promise<void>;
  /** `afterHours` names the alert: each is in the ledger once. */
  alertStaff(alert: { requestId: string; afterHours: number; hoursLeft: number }): Promise<void>;
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
    beginWork: (request) => inTransaction(db, (trx) => beginWork(trx, request)),
    eraseSubject: createEraseSubject(deps),
    certify: deps.certify,
    tellPerson: deps.tellPerson,
    forgetContact: (request) => dropContact(db, ring, request),

    closeRequest: async (request) => {
      await dropContact(db, ring, request);
      await inTransaction(db, async (trx) => {
        const { requestId } = request;
        const end = await closeRequest(trx, requestId);
        if (end === null) return;
        await appendLedger(trx, {
          actorRole: 'system',
          action: 'request ended',
          requestId,
          details: { end },
        });
      });
    },

    alertStaff: async ({ requestId, afterHours, hoursLeft }) => {
      log.warn(
        { event: 'request due', count: hoursLeft },
        'a privacy request is due soon; the number is the hours left',
      );
      await inTransaction(db, (trx) =>
        appendLedgerOnce(trx, {
          actorRole: 'system',
          action: 'alert',
          requestId,
          details: { hours: afterHours },
        }),
      );
    },

    recordMiss: async ({ requestId }) => {
      log.error({ event: 'request late' }, 'a privacy request was not answered in time');
      await inTransaction(db, (trx) =>
        appendLedgerOnce(trx, {
          actorRole: 'system',
          action: 'deadline missed',
          requestId,
          details: {},
        }),
      );
    },
  };
}

function createEraseSubject({
  db,
  privacy,
  modelRetentionMs,
}: RequestDeps): RequestActivities['eraseSubject'] {
  return async ({ requestId, subjectId }) => {
    const proof = await erase(privacy, subjectId);
    const lastForeignCopyMs =
      proof.lastModelCallMs === null || modelRetentionMs === 0
        ? 0
        : proof.lastModelCallMs + modelRetentionMs;
    await inTransaction(db, async (trx) => {
      const isNew = await saveProof(trx, { requestId, subjectId, proof, lastForeignCopyMs });
      if (!isNew) return;
      const rows = proof.erased.reduce((sum, { count }) => sum + count, 0);
      const counts = { cause: 'on request', stores: proof.erased.length, rows } as const;
      await appendLedger(trx, {
        actorRole: 'system',
        action: 'erased',
        requestId,
        details: counts,
      });
      const { buckets } = proof;
      await appendLedger(trx, {
        actorRole: 'system',
        action: 'key destroyed',
        requestId,
        details: { buckets },
      });
      const rescan = { stores: proof.rescanned.length, found: 0 };
      await appendLedger(trx, {
        actorRole: 'system',
        action: 'rescan',
        requestId,
        details: rescan,
      });
    });
  };
}

/**
 * Only verified requests come this far, and they meet here: one erasure of a subject at a time, and one for good, for all
 * who asked. A subject's id is never used again, so whoever comes later gets what the erasure did that ended before.
 */
async function erase(privacy: Client, subjectId: string): Promise<ErasureProof> {
  const workflowId = erasureId(subjectId);
  const input: ErasureInput = { subjectId, cause: 'on request' };
  try {
    await privacy.workflow.start(ERASURE_TYPE, {
      workflowId,
      taskQueue: PRIVACY_TASK_QUEUE,
      args: [input],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
      priority: { priorityKey: 2 },
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  const beating = setInterval(heartbeat, 5_000);
  try {
    // The erasure goes on without its observer, and a worker that stops must not wait for it.
    return await Promise.race([
      privacy.workflow.getHandle(workflowId).result() as Promise<ErasureProof>,
      cancelled(),
    ]);
  } finally {
    clearInterval(beating);
  }
}
