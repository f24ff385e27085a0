import type { InTransaction } from '../../store/database.ts';
import { hasWrittenSince, markWaiting } from '../../store/conversation/inbox.ts';
import { markOfAct } from '../../store/erasure/marks.ts';
import { endHumanPause, pauseForHuman } from '../../store/people/standing.ts';
import type { AfterCommit, EventOf, EventResult, IngestDeps } from './ingest-deps.ts';
import { notLaterThanNow } from './not-later-than-now.ts';

type ChangeDeps = Pick<IngestDeps, 'people' | 'tombstones' | 'humanPauseMs'>;

/**
 * A person's number or user id changed. It takes effect once: told again later, it would move the person who has the
 * number by then. Nor is it about someone who has written by these identifiers since.
 */
export async function takeNewIdentifiers(
  trx: InTransaction,
  { people, tombstones }: ChangeDeps,
  { person, providerId, next, at }: EventOf<'identifiers changed'>,
): Promise<EventResult> {
  const known = await people.find(trx, person);
  if (known !== null && (await hasWrittenSince(trx, known.subjectId, at))) return 'too late';
  const cipher = await people.changeIdentifiers(trx, person, next);
  if (cipher === null) return 'not ours';
  const marks = tombstones.marksOf(person);
  const acts = marks.map((mark) => markOfAct(mark, 'new identifiers', providerId));
  await tombstones.putUp(trx, acts, notLaterThanNow(at));
  return 'recorded';
}

/** The conversation went to another app, where a human may answer, or came back: then what still waits is answered. */
export async function takeHandover(
  trx: InTransaction,
  { people, tombstones, humanPauseMs }: ChangeDeps,
  { person, to, at: toldAt }: EventOf<'control changed'>,
  toWake: AfterCommit['toWake'],
): Promise<EventResult> {
  const cipher = await people.find(trx, person);
  if (cipher === null) return 'not ours';
  const { subjectId } = cipher;
  const at = notLaterThanNow(toldAt);
  // It takes effect once, because it has no id by which a repeated one could be told.
  const act = `${to} ${toldAt.getTime()}`;
  const marks = tombstones.marksOf(person).map((mark) => markOfAct(mark, 'handed over', act));
  await tombstones.putUp(trx, marks, at);
  if (to === 'others') await pauseForHuman(trx, subjectId, humanPauseMs, at);
  else {
    await endHumanPause(trx, subjectId);
    if (await markWaiting(trx, subjectId)) toWake.add(subjectId);
  }
  return 'recorded';
}
