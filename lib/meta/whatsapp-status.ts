import { z } from 'zod';
import type { DeliveryStatus } from '../../domain/events.ts';
import { metaId } from './meta-id.ts';
import { timeOrReceipt } from './meta-time.ts';
import { found, ignored, MALFORMED, type Finding } from './webhook-finding.ts';
import { identity, personOf, phoneField, userIdField } from './whatsapp-person.ts';

const DELIVERIES: ReadonlyMap<string, DeliveryStatus> = new Map([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['played', 'read'],
  ['failed', 'failed'],
]);

const Status = z.object({
  id: metaId,
  timestamp: timeOrReceipt,
  status: z.string(),
  type: z.unknown().optional(),
  recipient_type: z.unknown().optional(),
  recipient_id: phoneField,
  recipient_user_id: userIdField,
  /** At most 512 characters, and ours: anything else than printable text did not come from us. */
  biz_opaque_callback_data: z
    .string()
    .regex(/^[\x20-\x7e]{1,512}$/)
    .optional()
    .catch(undefined),
  errors: z
    .array(z.object({ code: z.int().optional().catch(undefined) }).catch({}))
    .optional()
    .catch(undefined),
});

/** What became of something we sent. Source: WhatsApp Cloud API, status messages webhook. */
export function statusFinding(account: string, raw: unknown): Finding {
  const parsed = Status.safeParse(raw).data;
  if (parsed === undefined) return MALFORMED;
  // A payment can be `failed` too, and says nothing of a message.
  if (parsed.type === 'payment') return ignored('payment');
  if (parsed.recipient_type === 'group') return ignored('group');
  const status = DELIVERIES.get(parsed.status);
  if (status === undefined) return ignored('other status');
  return found({
    type: 'status',
    person: personOf(account, identity(parsed.recipient_user_id, parsed.recipient_id)),
    providerId: parsed.id,
    token: parsed.biz_opaque_callback_data ?? null,
    status,
    errorCode: status === 'failed' ? (parsed.errors?.[0]?.code ?? null) : null,
    at: parsed.timestamp,
  });
}
