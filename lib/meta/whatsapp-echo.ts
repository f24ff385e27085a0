import { z } from 'zod';
import type { PersonReference } from '../../domain/events.ts';
import { metaId } from './meta-id.ts';
import { timeOrReceipt } from './meta-time.ts';
import { found, ignored, MALFORMED, type Finding } from './webhook-finding.ts';
import { completeFrom } from './whatsapp-contacts.ts';
import { whatsAppContent } from './whatsapp-content.ts';
import { identity, personOf, phoneField, userIdField } from './whatsapp-person.ts';

const Echo = z
  .object({
    id: metaId,
    timestamp: timeOrReceipt,
    type: z.string(),
    to: phoneField,
    to_user_id: userIdField,
    group_id: z.unknown().optional(),
  })
  .transform(({ id, timestamp, type, to, to_user_id, group_id }) => ({
    providerId: id,
    at: timestamp,
    type,
    receiver: identity(to_user_id, to),
    isInGroup: group_id !== undefined && group_id !== null,
  }));

/**
 * What the business wrote by hand in its own WhatsApp app, to a person. Its own edits and deletions
 * are of no use to us.
 * Source: WhatsApp Cloud API, smb_message_echoes webhook.
 */
export function* echoFindings(
  account: string,
  echoes: readonly unknown[],
  contacts: unknown,
): Generator<Finding> {
  const read = echoes.map((raw) => ({ raw, echo: Echo.safeParse(raw).data }));
  const complete = completeFrom(
    contacts,
    read.flatMap(({ echo }) => echo?.receiver ?? []),
  );
  for (const { raw, echo } of read) {
    if (echo === undefined) yield MALFORMED;
    else if (echo.isInGroup) yield ignored('group');
    else if (echo.type === 'revoke' || echo.type === 'edit') yield ignored('own message changed');
    else yield writtenFinding(personOf(account, complete(echo.receiver)), echo, raw);
  }
}

function writtenFinding(
  person: PersonReference | null,
  echo: z.infer<typeof Echo>,
  raw: unknown,
): Finding {
  if (person === null) return MALFORMED;
  const content = whatsAppContent(echo.type, raw);
  const text = content.kind === 'text' ? content.text : null;
  return found({ type: 'echo', person, providerId: echo.providerId, at: echo.at, text });
}
