import type { InTransaction } from './database.ts';

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
