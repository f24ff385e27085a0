import { z } from 'zod';
import type { AttachmentKind, MessageContent } from '../../domain/events.ts';
import { messageText } from './message-text.ts';

const UNSUPPORTED: MessageContent = { kind: 'unsupported' };

// Of these only the kind is kept: no media, caption, place, contact card or basket (C1).
const ATTACHMENTS: ReadonlyMap<string, AttachmentKind> = new Map([
  ['image', 'image'],
  ['video', 'video'],
  ['audio', 'audio'],
  ['voice', 'audio'],
  ['document', 'document'],
  ['sticker', 'sticker'],
  ['location', 'location'],
  ['contacts', 'contact card'],
  ['order', 'order'],
]);

const Words = z.object({ text: z.object({ body: messageText }) });
const Button = z.object({ button: z.object({ text: messageText }) });
const Interactive = z.object({
  interactive: z.discriminatedUnion('type', [
    z.object({ type: z.literal('button_reply'), button_reply: z.object({ title: messageText }) }),
    z.object({ type: z.literal('list_reply'), list_reply: z.object({ title: messageText }) }),
    z.object({ type: z.literal('nfm_reply') }),
  ]),
});

/**
 * What a person said, in text or as a kind. A message that is announced but cannot be read is
 * `unsupported`, not nothing: somebody wrote and waits.
 * Source: WhatsApp Cloud API, webhooks, messages reference.
 */
export function whatsAppContent(type: string, message: unknown): MessageContent {
  if (type === 'text') return textOr(Words.safeParse(message).data?.text.body);
  if (type === 'button') return textOr(Button.safeParse(message).data?.button.text);
  if (type === 'interactive') return interactiveContent(message);
  const kind = ATTACHMENTS.get(type);
  return kind === undefined ? UNSUPPORTED : { kind };
}

function interactiveContent(message: unknown): MessageContent {
  const interactive = Interactive.safeParse(message).data?.interactive;
  switch (interactive?.type) {
    case 'button_reply':
      return { kind: 'text', text: interactive.button_reply.title };
    case 'list_reply':
      return { kind: 'text', text: interactive.list_reply.title };
    case 'nfm_reply':
      return { kind: 'form' };
    case undefined:
      return UNSUPPORTED;
  }
}

function textOr(text: string | undefined): MessageContent {
  return text === undefined ? UNSUPPORTED : { kind: 'text', text };
}
