import { forgetOverdueReplies, releaseReplies } from '../../../store/outbox/waiting-replies.ts';
import type { Somebody, World } from './world.ts';

/** What is left to do, by the name of each queue, and whom the sweep would call. */
export interface Unfinished {
  leftovers: Record<string, number>;
  toWake: Somebody[];
  toTell: Somebody[];
}

/** Looks into the database as the sweep does. */
export async function unfinished({ stage: { db }, people }: World): Promise<Unfinished> {
  const known = Object.values(people).filter(({ subjectId }) => subjectId !== null);
  const ids = known.map(({ subjectId }) => subjectId ?? '');
  if (ids.length === 0) return { leftovers: {}, toWake: [], toTell: [] };
  await forgetOverdueReplies(db);
  const told = new Set(await releaseReplies(db, 10));
  const subjects = await db
    .selectFrom('mayfly.subjects')
    .select(['id', 'wake_since'])
    .where('id', 'in', ids)
    .execute();
  const waiting = new Set(
    subjects.filter(({ wake_since: since }) => since !== null).map(({ id }) => id),
  );
  const deliveries = await db
    .selectFrom('mayfly.deliveries')
    .select('state')
    .where('subject_id', 'in', ids)
    .where('state', 'in', ['planned', 'intent', 'ambiguous'])
    .execute();
  // A person who wants no answer, or has a human, is not answered by the assistant.
  const answered = known.filter(({ hasStopped, isHandedOver }) => !hasStopped && !isHandedOver);
  const unanswered = await db
    .selectFrom('mayfly.messages')
    .select('id')
    .where('subject_id', 'in', [
      '00000000-0000-0000-0000-000000000000',
      ...answered.map(({ subjectId }) => subjectId ?? ''),
    ])
    .where('kind', '=', 'text')
    .where('reply_id', 'is', null)
    .execute();
  const is = (ids: ReadonlySet<string>) =>
    known.filter(({ subjectId }) => subjectId !== null && ids.has(subjectId));
  return {
    leftovers: {
      'conversations that wait': waiting.size,
      'messages without an answer': unanswered.length,
      'texts of which nobody knows': deliveries.length,
    },
    toWake: is(waiting),
    toTell: is(told),
  };
}
