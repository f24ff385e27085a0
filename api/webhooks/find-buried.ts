import type { WebhookEvent } from '../../domain/events.ts';
import type { InTransaction } from '../../lib/postgres/database.ts';
import type { Tombstones } from '../../lib/postgres/tombstones.ts';

/** The events that are from before their person was erased: they must not bring anyone back (policy D4). */
export async function findBuried(
  trx: InTransaction,
  tombstones: Tombstones,
  events: readonly WebhookEvent[],
): Promise<Set<WebhookEvent>> {
  const erasures = new Map<string, Date | null>();
  const buried = new Set<WebhookEvent>();
  for (const event of events) {
    if (event.person === null) continue;
    const name = JSON.stringify(event.person);
    const known = erasures.get(name);
    const erasedAt = known === undefined ? await tombstones.lastErasure(trx, event.person) : known;
    erasures.set(name, erasedAt);
    if (erasedAt !== null && (await isFromBefore(trx, tombstones, event, erasedAt)))
      buried.add(event);
  }
  return buried;
}

/** WhatsApp tells whole seconds: of the second of the erasure itself, a message that we never had is a new one. */
async function isFromBefore(
  trx: InTransaction,
  tombstones: Tombstones,
  event: WebhookEvent,
  erasedAt: Date,
): Promise<boolean> {
  if (event.at > erasedAt) return false;
  const isCertain =
    event.person?.channel !== 'whatsapp' || event.at.getTime() + 1000 <= erasedAt.getTime();
  return isCertain || event.type !== 'message' || tombstones.isBuried(trx, event.providerId);
}
