import { setTimeout as pause } from 'node:timers/promises';
import { cancelled } from '@temporalio/activity';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ERASURE_TYPE, erasureId, PRIVACY_TASK_QUEUE } from '../domain/erasure.ts';
import type { ErasureInput, ErasureProof } from '../domain/erasure.ts';
import { failPoint } from '../lib/fail-point.ts';
import type { Database } from '../store/database.ts';
import { dropFoundOnceProven } from '../store/erasure/erasure-record.ts';
import { findHold } from '../store/erasure/holds.ts';
import { appendLedger } from '../store/ledger/ledger.ts';
import { saveProof } from '../store/requests/request-work.ts';
import { inTransaction } from '../store/transaction.ts';

/** Erases one person, or joins the erasure that is already running; also returns when a legal hold now keeps them. */
export type EraseSubject = (work: { requestId: string; subjectId: string }) => Promise<void>;

export interface EraseSubjectDeps {
  db: Database;
  /** Of the privacy namespace. */
  privacy: Client;
  /** How long the AI provider keeps a log of what it was asked, in milliseconds; 0 when it keeps none. */
  modelRetentionMs: number;
}

const LOOK_MS = 5_000;

export function createEraseSubject({
  db,
  privacy,
  modelRetentionMs,
}: EraseSubjectDeps): EraseSubject {
  return async ({ requestId, subjectId }) => {
    const proof = await erase(db, privacy, subjectId);
    if (proof === 'held') return;
    const lastForeignCopyMs =
      proof.lastModelCallMs === null || modelRetentionMs === 0
        ? 0
        : proof.lastModelCallMs + modelRetentionMs;
    await inTransaction(db, async (trx) => {
      const isNew = await saveProof(trx, { requestId, subjectId, proof, lastForeignCopyMs });
      await dropFoundOnceProven(trx, subjectId);
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
      const found = proof.rescanned.reduce((sum, { count }) => sum + count, 0);
      const rescan = { stores: proof.rescanned.length, found };
      await appendLedger(trx, {
        actorRole: 'system',
        action: 'rescan',
        requestId,
        details: rescan,
      });
      failPoint('before proof');
    });
    failPoint('after proof');
  };
}

/**
 * Only verified requests come this far, and they meet here: a subject is erased once, for every request that asked. A
 * subject's id is never used again, so a later request gets the result of the erasure that has ended.
 */
async function erase(
  db: Database,
  privacy: Client,
  subjectId: string,
): Promise<ErasureProof | 'held'> {
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
  const over = new AbortController();
  try {
    // The erasure goes on without its observer, and a worker that stops must not wait for it.
    return await Promise.race([
      privacy.workflow.getHandle(workflowId).result() as Promise<ErasureProof>,
      untilHeld(db, subjectId, over.signal),
      cancelled(),
    ]);
  } finally {
    over.abort();
  }
}

/** Returns when the law keeps the person: an erasure that waits for that must not take up a place here. */
async function untilHeld(db: Database, subjectId: string, over: AbortSignal): Promise<'held'> {
  for (;;) {
    await pause(LOOK_MS, undefined, { signal: over });
    if ((await findHold(db, subjectId)) !== undefined) return 'held';
  }
}
