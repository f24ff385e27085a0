import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { MessageContent } from '../../domain/events.ts';
import { customerOf, isOutgoing, type Delivery, type Parties } from './instagram-parties.ts';
import { messageText } from './message-text.ts';
import { metaId } from './meta-id.ts';
import { besideField, phraseBeside } from './phrase-beside.ts';
import { found, ignored, MALFORMED, type Finding } from './webhook-finding.ts';

const Postback = z.object({
  mid: metaId.optional().catch(undefined),
  title: messageText.optional().catch(undefined),
  payload: besideField,
});
const Reaction = z.object({ mid: metaId });
const Read = z.object({ mid: metaId.optional().catch(undefined) });

/** A pressed button says its title; the payload is ours and no words of the person, unless it is a phrase. */
export function postbackFinding(parties: Parties, delivery: Delivery, raw: unknown): Finding {
  const postback = Postback.safeParse(raw).data;
  if (postback === undefined) return MALFORMED;
  if (isOutgoing(parties, delivery)) return ignored('own account');
  const { title, payload } = postback;
  const providerId = postback.mid ?? idOfPress(parties, raw);
  const text = phraseBeside(payload) ?? title;
  const content: MessageContent =
    text === undefined ? { kind: 'unsupported' } : { kind: 'text', text };
  const person = customerOf(parties, delivery);
  return found({ type: 'message', person, providerId, at: parties.timestamp, content });
}

/** An older form of a press has no id: it is recognised by a hash of who pressed what and when, which tells nothing. */
function idOfPress({ sender, recipient, timestamp }: Parties, raw: unknown): string {
  const what = JSON.stringify([sender.id, recipient.id, timestamp.getTime(), raw]);
  return `press.${createHash('sha256').update(what).digest('hex')}`;
}

/** `providerId` is the message reacted to. */
export function reactionFinding(parties: Parties, delivery: Delivery, raw: unknown): Finding {
  const reaction = Reaction.safeParse(raw).data;
  if (reaction === undefined) return MALFORMED;
  if (isOutgoing(parties, delivery)) return ignored('own account');
  const person = customerOf(parties, delivery);
  return found({ type: 'reaction', person, providerId: reaction.mid, at: parties.timestamp });
}

/** The person saw our messages up to `mid`, or up to a time only. */
export function seenFinding(parties: Parties, delivery: Delivery, raw: unknown): Finding {
  const read = Read.safeParse(raw).data;
  if (read === undefined) return MALFORMED;
  if (isOutgoing(parties, delivery)) return ignored('own account');
  const person = customerOf(parties, delivery);
  return found({ type: 'seen', person, providerId: read.mid ?? null, at: parties.timestamp });
}

export function controlFinding(parties: Parties, delivery: Delivery, to: 'us' | 'others'): Finding {
  const person = customerOf(parties, delivery);
  return found({ type: 'control changed', person, to, at: parties.timestamp });
}
