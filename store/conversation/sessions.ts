import type { InTransaction } from '../database.ts';
import { isOfThisIdentity } from '../people/note-identity.ts';

/** Records that a session began, once, and which version of the policy was in force then (policy V1). */
export async function startSession(
  trx: InTransaction,
  session: { id: string; subjectId: string; policyVersion: string },
): Promise<void> {
  await trx
    .insertInto('mayfly.sessions')
    .values({
      id: session.id,
      subject_id: session.subjectId,
      policy_version: session.policyVersion,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/**
 * Whether the next words must say that an assistant writes: at the start of a session, and once a human wrote or was
 * promised (policy M1).
 */
export async function isDisclosureDue(trx: InTransaction, sessionId: string): Promise<boolean> {
  const latest = await trx
    .selectFrom('mayfly.replies')
    .select(['origin', 'action'])
    .where('session_id', '=', sessionId)
    .where('superseded_at', 'is', null)
    .where(isOfThisIdentity)
    .where((eb) =>
      eb.or([eb('discloses', '=', true), eb('origin', '=', 'human'), eb('action', '=', 'handoff')]),
    )
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return latest === undefined || latest.origin === 'human' || latest.action === 'handoff';
}
