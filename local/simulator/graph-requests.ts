import { z } from 'zod';
import { CHANNEL_LIMITS } from '../../domain/channels.ts';
import type { Channel } from '../../domain/channels.ts';
import { invalidParameter } from './graph-answers.ts';
import type { GraphAnswer } from './graph-answers.ts';

/** What the business asks of `/messages`, or the error that its body earns. */
export type GraphRequest =
  | { kind: 'text'; to: string; text: string; token: string | null }
  | { kind: 'reading'; of: ReadingOf; shows: ReadingShown }
  | { kind: 'refused'; answer: GraphAnswer };

/** WhatsApp names the message, Instagram the person. */
export type ReadingOf = { messageId: string } | { person: string };
export type ReadingShown = 'read' | 'read and typing' | 'typing' | 'typing ended';

/** Instagram counts bytes, WhatsApp characters. */
function isWithin(channel: Channel, text: string): boolean {
  const { unit, maximum } = CHANNEL_LIMITS[channel];
  return (unit === 'bytes' ? Buffer.byteLength(text) : [...text].length) <= maximum;
}

function textOf(channel: Channel) {
  const { maximum, unit } = CHANNEL_LIMITS[channel];
  return z
    .string()
    .refine((text) => text.trim() !== '', 'must not be empty')
    .refine((text) => isWithin(channel, text), `must be at most ${maximum} ${unit} long`);
}

const messageId = z.string().regex(/^wamid\../);
const phone = z
  .string()
  .regex(/^\+?[1-9]\d{6,14}$/)
  .transform((written) => written.replace('+', ''));
const userId = z.string().regex(/^[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}$/);

// Strict, as Meta is: an unexpected key is an error, as a misspelt one must be.
const whatsAppText = z
  .strictObject({
    messaging_product: z.literal('whatsapp'),
    recipient_type: z.literal('individual').optional(),
    to: phone.optional(),
    recipient: userId.optional(),
    type: z.literal('text'),
    text: z.strictObject({ body: textOf('whatsapp'), preview_url: z.boolean().optional() }),
    context: z.strictObject({ message_id: messageId }).optional(),
    biz_opaque_callback_data: z.string().min(1).max(512).optional(),
  })
  .transform((body, context): GraphRequest => {
    const { to = body.recipient, text, biz_opaque_callback_data: token = null } = body;
    if (to !== undefined) return { kind: 'text', to, text: text.body, token };
    context.addIssue({ code: 'custom', message: 'either to or recipient is required' });
    return z.NEVER;
  });

const whatsAppReading = z
  .strictObject({
    messaging_product: z.literal('whatsapp'),
    status: z.literal('read'),
    message_id: messageId,
    typing_indicator: z.strictObject({ type: z.literal('text') }).optional(),
  })
  .transform((body): GraphRequest => ({
    kind: 'reading',
    of: { messageId: body.message_id },
    shows: body.typing_indicator ? 'read and typing' : 'read',
  }));

const recipient = z.strictObject({ id: z.string().regex(/^\d{1,32}$/) });

const instagramText = z
  .strictObject({
    recipient,
    messaging_type: z.literal('RESPONSE').optional(),
    message: z.strictObject({ text: textOf('instagram') }),
  })
  .transform((body): GraphRequest => ({
    kind: 'text',
    to: body.recipient.id,
    text: body.message.text,
    token: null,
  }));

const SENDER_ACTIONS = {
  mark_seen: 'read',
  typing_on: 'typing',
  typing_off: 'typing ended',
} as const satisfies Record<string, ReadingShown>;

const instagramReading = z
  .strictObject({
    recipient,
    sender_action: z.enum(Object.keys(SENDER_ACTIONS) as (keyof typeof SENDER_ACTIONS)[]),
  })
  .transform((body): GraphRequest => ({
    kind: 'reading',
    of: { person: body.recipient.id },
    shows: SENDER_ACTIONS[body.sender_action],
  }));

/**
 * Reads a body of `POST /<account>/messages`.
 * Sources: WhatsApp Cloud API, Messages; Instagram API with Instagram Login, Messaging.
 */
export function readGraphRequest(channel: Channel, body: unknown): GraphRequest {
  const isReading = isObject(body) && ('status' in body || 'sender_action' in body);
  const schemas =
    channel === 'whatsapp' ? [whatsAppText, whatsAppReading] : [instagramText, instagramReading];
  const parsed = schemas[isReading ? 1 : 0]!.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const details = `Parameter ${issue?.path.join('.') || '(body)'}: ${issue?.message ?? 'not valid'}`;
  return { kind: 'refused', answer: invalidParameter(channel, details) };
}

function isObject(body: unknown): body is object {
  return typeof body === 'object' && body !== null;
}
