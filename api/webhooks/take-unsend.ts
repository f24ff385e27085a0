import type { InTransaction } from '../../store/database.ts';
import { eraseUnsentMessage } from '../../store/conversation/inbox.ts';
import { markOfAct } from '../../store/erasure/marks.ts';
import type { AfterCommit, EventOf, EventResult, IngestDeps } from './ingest-deps.ts';
import { notLaterThanNow } from './not-later-than-now.ts';

/**
 * The person took a message back. A stone stands for it from then on, so that a webhook that Meta repeats, or that this
 * one has overtaken, does not bring its words. Nobody becomes known by taking something back.
 */
export async function takeUnsend(
  trx: InTransaction,
  { people, tombstones }: Pick<IngestDeps, 'people' | 'tombstones'>,
  { person, providerId, at: toldAt }: EventOf<'message unsent'>,
  toWake: AfterCommit['toWake'],
): Promise<EventResult> {
  const at = notLaterThanNow(toldAt);
  const cipher = await people.findAlone(trx, person);
  const marks = tombstones.marksOf(person).map((mark) => markOfAct(mark, 'unsent', providerId));
  await tombstones.putUp(trx, marks, at);
  if (cipher === null) return 'erased';
  const { mustWake } = await eraseUnsentMessage(trx, cipher, { providerId, at });
  if (mustWake) toWake.add(cipher.subjectId);
  return 'erased';
}
