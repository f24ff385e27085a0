import { z } from 'zod';

import { CHANNEL_LIMITS } from '../../../domain/channels.ts';
import type { Channel } from '../../../domain/channels.ts';
import type { Answer } from './behaviour.ts';

/** A body that the Graph API would take, in the terms of the fake; or the error it would answer. */
export type ReadBody =
  | { kind: 'text'; channel: Channel; to: string; text: string; token: string | null }
  | {
      kind: 'reading';
      channel: Channel;
      to: string | null;
      providerId: string | null;
      action: ReadingAction;
    }
  | { kind: 'error'; answer: Answer };

export type ReadingAction = 'read and typing' | 'read' | 'mark_seen' | 'typing_on' | 'typing_off';

const withinLimit = (channel: Channel) => (text: string) => {
  const { unit, maximum } = CHANNEL_LIMITS[channel];
  return (unit === 'bytes' ? Buffer.byteLength(text) : [...text].length) <= maximum;
};

const text = (channel: Channel) =>
  z
    .string()
    .refine((value) => value.trim() !== '', 'must not be blank')
    .refine(
      withinLimit(channel),
      `must be at most ${CHANNEL_LIMITS[channel].maximum} ${CHANNEL_LIMITS[channel].unit}`,
    );

const phone = z.string().regex(/^\+?[1-9]\d{6,14}$/);
const businessScopedUserId = z.string().regex(/^[A-Z]{2}\.(ENT\.)?[0-9A-Za-z]{1,128}$/);
const messageId = z.string().regex(/^wamid\..+/);

const whatsAppText = z
  .strictObject({
    messaging_product: z.literal('whatsapp'),
    recipient_type: z.literal('individual').optional(),
    to: phone.optional(),
    recipient: businessScopedUserId.optional(),
    type: z.literal('text'),
    text: z.strictObject({ body: text('whatsapp'), preview_url: z.boolean().optional() }),
    context: z.strictObject({ message_id: messageId }).optional(),
    biz_opaque_callback_data: z.string().min(1).max(512).optional(),
  })
  .transform((body, context): ReadBody => {
    const to = body.to ?? body.recipient;
    if (to === undefined) {
      context.addIssue({ code: 'custom', message: 'needs to or recipient' });
      return z.NEVER;
    }
    const token = body.biz_opaque_callback_data ?? null;
    return { kind: 'text', channel: 'whatsapp', to, text: body.text.body, token };
  });

const whatsAppReading = z
  .strictObject({
    messaging_product: z.literal('whatsapp'),
    status: z.literal('read'),
    message_id: messageId,
    typing_indicator: z.strictObject({ type: z.literal('text') }).optional(),
  })
  .transform((body): ReadBody => ({
    kind: 'reading',
    channel: 'whatsapp',
    to: null,
    providerId: body.message_id,
    action: body.typing_indicator ? 'read and typing' : 'read',
  }));

const recipient = z.strictObject({ id: z.string().regex(/^\d+$/) });

const instagramText = z
  .strictObject({ recipient, message: z.strictObject({ text: text('instagram') }) })
  .transform((body): ReadBody => ({
    kind: 'text',
    channel: 'instagram',
    to: body.recipient.id,
    text: body.message.text,
    token: null,
  }));

const instagramReading = z
  .strictObject({ recipient, sender_action: z.enum(['mark_seen', 'typing_on', 'typing_off']) })
  .transform((body): ReadBody => ({
    kind: 'reading',
    channel: 'instagram',
    to: body.recipient.id,
    providerId: null,
    action: body.sender_action,
  }));

/** Reads a request's body as strictly as its schema is known: an unknown field is an error, as a typing mistake is. */
export function readBody(raw: string): ReadBody {
  let json: unknown;
  try {
    json = JSON.parse(raw);
  } catch {
    return { kind: 'error', answer: graphError({ code: 100, message: 'the body is not JSON' }) };
  }
  const body = z.looseObject({}).safeParse(json).data ?? {};
  const [whole, reading] =
    'messaging_product' in body
      ? [whatsAppText, whatsAppReading]
      : [instagramText, instagramReading];
  const isReading = 'status' in body || 'sender_action' in body;
  const parsed = (isReading ? reading : whole).safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    .join('; ');
  return {
    kind: 'error',
    answer: graphError({ code: 100, message: `Invalid parameter: ${faults}` }),
  };
}

/** An error as the Graph API writes it, with status 400 unless told. */
export function graphError(error: {
  code: number;
  subcode?: number;
  message?: string;
  status?: number;
  isTransient?: boolean;
}): Answer {
  const { code, subcode, message = 'an error of the fake', status = 400, isTransient } = error;
  return {
    status,
    body: {
      error: {
        message: `(#${code}) ${message}`,
        type: 'OAuthException',
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        ...(isTransient === undefined ? {} : { is_transient: isTransient }),
        fbtrace_id: 'AbCdEfGhIjKlMnOpQrStUvWx',
      },
    },
  };
}
