import type { Client } from '@temporalio/client';
import { CONVERSATION_TYPE } from '../../domain/conversation.ts';
import type { Database } from '../../store/database.ts';

/** What the database still has to do, by the name of each queue. */
export async function leftovers(db: Database): Promise<Record<string, number>> {
  const count = async (rows: Promise<unknown[]>) => (await rows).length;
  const [waiting, unanswered, unsent, unsettled] = await Promise.all([
    count(
      db.selectFrom('mayfly.subjects').select('id').where('wake_since', 'is not', null).execute(),
    ),
    count(
      db
        .selectFrom('mayfly.messages')
        .select('id')
        .where('kind', '=', 'text')
        .where('reply_id', 'is', null)
        .execute(),
    ),
    count(
      db
        .selectFrom('mayfly.deliveries')
        .select('id')
        .where('state', 'in', ['planned', 'intent'])
        .execute(),
    ),
    count(
      db.selectFrom('mayfly.deliveries').select('id').where('state', '=', 'ambiguous').execute(),
    ),
  ]);
  return {
    'conversations that wait': waiting,
    'messages without an answer': unanswered,
    'texts to be sent': unsent,
    'texts of which nobody knows': unsettled,
  };
}

/** How many activities of conversations Temporal has under way, or will try again. */
export async function activitiesUnderWay(temporal: Client): Promise<number> {
  let count = 0;
  const query = `WorkflowType = '${CONVERSATION_TYPE}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of temporal.workflow.list({ query })) {
    const { raw } = await temporal.workflow.getHandle(workflowId).describe();
    count += raw.pendingActivities?.length ?? 0;
  }
  return count;
}
