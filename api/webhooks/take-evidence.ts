import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { InTransaction } from '../../store/database.ts';
import { findByToken, lockByToken, recordEvidence } from '../../store/outbox/delivery-evidence.ts';
import type { DeliveryEvidence, LockedByToken } from '../../store/outbox/delivery-evidence.ts';
import { findOwnDelivery } from '../../store/outbox/own-delivery.ts';
import { recordTakeover } from '../../store/outbox/takeover.ts';
import type { EventOf, EventResult, IngestDeps } from './ingest-deps.ts';
import { notLaterThanNow } from './not-later-than-now.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A status says what became of something we sent; the token that it gives back names it even before Meta has answered. */
export async function takeStatus(
  trx: InTransaction,
  { people }: Pick<IngestDeps, 'people'>,
  { person, token: given, providerId, status, errorCode }: EventOf<'status'>,
  settled: Set<string>,
): Promise<EventResult> {
  // What earlier versions sent carried our delivery's id as its token.
  const id = given !== null && UUID.test(given) ? given : null;
  const delivery = id === null ? undefined : await lockByToken(trx, id);
  const cipher =
    delivery !== undefined
      ? await people.cipherIfKept(trx, delivery.subject_id)
      : person !== null
        ? await people.find(trx, person)
        : null;
  if (cipher === null) return 'not ours';
  const token = id ?? (given === null ? null : await findByToken(trx, cipher, given));
  return record(trx, cipher, { token, providerId, status, errorCode, delivery }, settled);
}

/** An echo of what we sent is evidence; any other is a human who took over in Meta's app. */
export async function takeEcho(
  trx: InTransaction,
  { people, humanPauseMs }: Pick<IngestDeps, 'people' | 'humanPauseMs'>,
  told: EventOf<'echo'>,
  settled: Set<string>,
): Promise<EventResult> {
  const echo = { ...told, at: notLaterThanNow(told.at) };
  const cipher = await people.find(trx, echo.person);
  if (cipher === null) return 'not ours';
  const token = await findOwnDelivery(trx, cipher, echo);
  if (token === null) return recordTakeover(trx, cipher, echo, humanPauseMs);
  const { providerId } = echo;
  return record(trx, cipher, { token, providerId, status: 'sent', errorCode: null }, settled);
}

async function record(
  trx: InTransaction,
  cipher: SubjectCipher,
  { delivery, ...evidence }: DeliveryEvidence & { delivery?: LockedByToken | undefined },
  settled: Set<string>,
): Promise<EventResult> {
  const recorded = await recordEvidence(trx, cipher, evidence, delivery);
  if (recorded === null) return 'not ours';
  if (recorded.isSettled) settled.add(cipher.subjectId);
  return recorded.as;
}
