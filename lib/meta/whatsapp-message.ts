import { z } from 'zod';
import type { PersonReference } from '../../domain/events.ts';
import { metaId } from './meta-id.ts';
import { timeOrReceipt } from './meta-time.ts';
import { found, ignored, MALFORMED, type Finding } from './webhook-finding.ts';
import { completeFrom, identityHashesOf } from './whatsapp-contacts.ts';
import { whatsAppContent } from './whatsapp-content.ts';
import { identity, personOf, phoneField, userIdField } from './whatsapp-person.ts';
import { systemFinding } from './whatsapp-system.ts';

const Message = z
  .object({
    id: metaId,
    timestamp: timeOrReceipt,
    type: z.string(),
    from: phoneField,
    from_user_id: userIdField,
    group_id: z.unknown().optional(),
  })
  .transform(({ id, timestamp, type, from, from_user_id, group_id }) => ({
    providerId: id,
    at: timestamp,
    type,
    sender: identity(from_user_id, from),
    isInGroup: group_id !== undefined && group_id !== null,
  }));

const Reaction = z.object({ reaction: z.object({ message_id: metaId }) });
const Revoke = z.object({ revoke: z.object({ original_message_id: metaId }) });
const Edit = z.object({
  edit: z.object({
    original_message_id: metaId,
    message: z.looseObject({ type: z.string() }).optional().catch(undefined),
  }),
});

/**
 * The `messages` of one value of the webhook, each read on its own.
 * Source: WhatsApp Cloud API, messages webhook.
 */
export function* messageFindings(
  account: string,
  messages: readonly unknown[],
  contacts: unknown,
): Generator<Finding> {
  const read = messages.map((raw) => ({ raw, message: Message.safeParse(raw).data }));
  const complete = completeFrom(
    contacts,
    read.flatMap(({ message }) => message?.sender ?? []),
  );
  const hashOf = identityHashesOf(contacts);
  for (const { raw, message } of read) {
    if (message === undefined) yield MALFORMED;
    else if (message.isInGroup) yield ignored('group');
    else if (message.type === 'request_welcome') yield ignored('request welcome');
    else if (message.type === 'system') yield systemFinding(account, message, raw);
    else {
      const sender = complete(message.sender);
      const written = { ...message, identity: hashOf(sender) };
      yield personalFinding(personOf(account, sender), written, raw);
    }
  }
}

function personalFinding(
  person: PersonReference | null,
  message: z.infer<typeof Message> & { identity: string | undefined },
  raw: unknown,
): Finding {
  if (person === null) return MALFORMED;
  const { providerId, at, type, identity: hash } = message;
  if (type === 'reaction') return reactionFinding(person, at, raw);
  if (type === 'revoke') return revokeFinding(person, at, raw);
  if (type === 'edit') return editFinding(person, at, raw);
  const content = whatsAppContent(type, raw);
  const known = hash === undefined ? {} : { identity: hash };
  return found({ type: 'message', person, providerId, at, content, ...known });
}

/**
 * `providerId` is the message reacted to, as on Instagram, which gives a reaction no id of its own.
 */
function reactionFinding(person: PersonReference, at: Date, raw: unknown): Finding {
  const reaction = Reaction.safeParse(raw).data?.reaction;
  if (reaction === undefined) return MALFORMED;
  return found({ type: 'reaction', person, providerId: reaction.message_id, at });
}

function revokeFinding(person: PersonReference, at: Date, raw: unknown): Finding {
  const revoke = Revoke.safeParse(raw).data?.revoke;
  if (revoke === undefined) return MALFORMED;
  return found({ type: 'message unsent', person, providerId: revoke.original_message_id, at });
}

/**
 * An edit to new words replaces the old ones. An edit whose new words cannot be read takes the old
 * ones back: the person no longer says them. An edited caption changes nothing that we keep.
 */
function editFinding(person: PersonReference, at: Date, raw: unknown): Finding {
  const edit = Edit.safeParse(raw).data?.edit;
  if (edit === undefined) return MALFORMED;
  const providerId = edit.original_message_id;
  const content = whatsAppContent(edit.message?.type ?? '', edit.message);
  if (content.kind === 'text') {
    return found({ type: 'message edited', person, providerId, at, text: content.text });
  }
  if (content.kind !== 'unsupported') return ignored('caption edit');
  return found({ type: 'message unsent', person, providerId, at });
}
