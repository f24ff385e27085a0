import { z } from 'zod';
import type { AttachmentKind, MessageContent } from '../../domain/events.ts';

const UNSUPPORTED: MessageContent = { kind: 'unsupported' };

// Of these only the kind is kept: no address of a file, post or story (C1).
const ATTACHMENTS: ReadonlyMap<string, AttachmentKind> = new Map([
  ['image', 'image'],
  ['video', 'video'],
  ['audio', 'audio'],
  ['file', 'document'],
  ['sticker', 'sticker'],
  ['location', 'location'],
  ['share', 'share'],
  ['ig_post', 'share'],
  ['ig_reel', 'share'],
  ['reel', 'share'],
  ['ig_story', 'share'],
  ['story', 'share'],
  ['story_mention', 'story mention'],
  ['like_heart', 'like'],
]);

const Attachment = z.object({ type: z.string() });

/**
 * What a person said: their words if there are any, else the first attachment whose kind we know. A
 * message that is announced but cannot be read is `unsupported`, not nothing: somebody wrote and
 * waits.
 * Source: Instagram platform, webhook examples.
 */
export function instagramContent(message: {
  text?: string | undefined;
  attachments?: unknown;
  is_unsupported?: boolean | null | undefined;
}): MessageContent {
  if (message.text !== undefined) return { kind: 'text', text: message.text };
  if (message.is_unsupported === true || !Array.isArray(message.attachments)) return UNSUPPORTED;
  for (const raw of message.attachments) {
    const kind = ATTACHMENTS.get(Attachment.safeParse(raw).data?.type ?? '');
    if (kind !== undefined) return { kind };
  }
  return UNSUPPORTED;
}
