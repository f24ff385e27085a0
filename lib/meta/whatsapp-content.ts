import { z } from 'zod';
import type { AttachmentKind, MessageContent } from '../../domain/events.ts';
import { messageText } from './message-text.ts';
import { besideField, phraseBeside } from './phrase-beside.ts';

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
const Button = z.object({ button: z.object({ text: messageText, payload: besideField }) });
const Press = z.object({ title: messageText, id: besideField });
const Interactive = z.object({
  interactive: z.discriminatedUnion('type', [
    z.object({ type: z.literal('button_reply'), button_reply: Press }),
    z.object({ type: z.literal('list_reply'), list_reply: Press }),
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
  if (type === 'button') {
    const button = Button.safeParse(message).data?.button;
    return textOr(phraseBeside(button?.payload) ?? button?.text);
  }
  if (type === 'interactive') return interactiveContent(message);
  const kind = ATTACHMENTS.get(type);
  if (kind === undefined) return UNSUPPORTED;
  const phrase = phraseBeside(captionOf(type, message));
  return phrase === undefined ? { kind } : { kind: 'text', text: phrase };
}

function interactiveContent(message: unknown): MessageContent {
  const interactive = Interactive.safeParse(message).data?.interactive;
  switch (interactive?.type) {
    case 'button_reply':
      return pressed(interactive.button_reply);
    case 'list_reply':
      return pressed(interactive.list_reply);
    case 'nfm_reply':
      return { kind: 'form' };
    case undefined:
      return UNSUPPORTED;
  }
}

function pressed({ title, id }: z.infer<typeof Press>): MessageContent {
  return { kind: 'text', text: phraseBeside(id) ?? title };
}

function captionOf(type: string, message: unknown): string | undefined {
  return z.object({ [type]: z.object({ caption: besideField }) }).safeParse(message).data?.[type]
    ?.caption;
}

function textOr(text: string | undefined): MessageContent {
  return text === undefined ? UNSUPPORTED : { kind: 'text', text };
}
