import { z } from 'zod';
import type { MessageContent, WebhookEvent } from '../../domain/events.ts';
import { instagramContent } from './instagram-content.ts';
import { customerOf, isOutgoing, receiver } from './instagram-parties.ts';
import type { Delivery, Parties } from './instagram-parties.ts';
import { messageText } from './message-text.ts';
import { metaId } from './meta-id.ts';
import { besideField, phraseBeside } from './phrase-beside.ts';
import { found, ignored, MALFORMED, type Finding } from './webhook-finding.ts';

// A flag of a wrong type makes the message malformed: an echo taken for a customer's words would
// let the assistant answer itself.
const flag = z.boolean().nullish();

const Message = z.object({
  mid: metaId,
  text: messageText.optional().catch(undefined),
  attachments: z.unknown().optional(),
  quick_reply: z.object({ payload: besideField }).optional().catch(undefined),
  is_echo: flag,
  is_self: flag,
  is_deleted: flag,
  is_unsupported: flag,
});

const Edit = z.object({ mid: metaId, text: messageText.optional().catch(undefined) });
const FirstVersion = z.object({ num_edit: z.union([z.literal(0), z.literal('0')]) });

/** A `message` item: what a customer wrote or took back, or what the business wrote by hand. */
export function messageFinding(parties: Parties, delivery: Delivery, raw: unknown): Finding {
  const message = Message.safeParse(raw).data;
  if (message === undefined) return MALFORMED;
  if (message.is_self === true) return ignored('own account');

  const { mid: providerId } = message;
  const at = parties.timestamp;
  const isOurs = message.is_echo === true || isOutgoing(parties, delivery);
  // Taking back comes first, also where another app answers: what we hold must go, no matter which app is in charge
  // now.
  if (message.is_deleted === true) {
    if (isOurs) return ignored('own message changed');
    return found({ type: 'message unsent', person: customerOf(parties, delivery), providerId, at });
  }
  if (isOurs) {
    const text = message.text ?? null;
    return found({ type: 'echo', person: receiver(parties), providerId, at, text });
  }
  const text = phraseBeside(message.quick_reply?.payload) ?? message.text;
  const content = instagramContent({ ...message, text });
  return found({ type: 'message', person: customerOf(parties, delivery), providerId, at, content });
}

/**
 * A `message_edit` item. An edit whose new words are missing takes the old ones back: the person no
 * longer says them.
 */
export function editFinding(parties: Parties, delivery: Delivery, raw: unknown): Finding {
  const edit = Edit.safeParse(raw).data;
  if (edit === undefined) return MALFORMED;
  if (isOutgoing(parties, delivery)) return ignored('own message changed');
  const of = { person: customerOf(parties, delivery), providerId: edit.mid, at: parties.timestamp };
  if (isFirstVersion(raw)) return firstFinding(of, edit.text);
  if (edit.text === undefined) return found({ type: 'message unsent', ...of });
  return found({ type: 'message edited', ...of, text: edit.text });
}

/** When `message` tells of it too, that is a repetition; words that are missing here may come there. */
function firstFinding(
  of: Omit<Extract<WebhookEvent, { type: 'message' }>, 'type' | 'content'>,
  text: string | undefined,
): Finding {
  const content: MessageContent = text === undefined ? { kind: 'unread' } : { kind: 'text', text };
  return found({ type: 'message', ...of, content });
}

/**
 * Edit number zero is the message itself. Subscriptions without the field `messages` report a new message only in this
 * way, often without its text, and sometimes without its sender.
 */
export function isFirstVersion(raw: unknown): boolean {
  return FirstVersion.safeParse(raw).success;
}
