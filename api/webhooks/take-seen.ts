import type { InTransaction } from '../../store/database.ts';
import { recordSeen } from '../../store/outbox/seen-deliveries.ts';
import type { EventOf, EventResult, IngestDeps } from './ingest-deps.ts';

/** Instagram has no statuses but this one: the person has seen the chat, up to a message or a time. */
export async function takeSeen(
  trx: InTransaction,
  { people }: IngestDeps,
  seen: EventOf<'seen'>,
  settled: Set<string>,
): Promise<EventResult> {
  const cipher = await people.find(trx, seen.person);
  const recorded = cipher && (await recordSeen(trx, cipher, seen));
  if (cipher === null || recorded === null) return 'not ours';
  if (recorded.isSettled) settled.add(cipher.subjectId);
  return recorded.as;
}
