import { payload, payloadNames } from '../../support/payloads.ts';
import {
  instagramBody,
  instagramEntry,
  instagramItem,
  instagramMessage,
  instagramOutgoing,
  whatsAppEcho,
  whatsAppMessage,
  withEchoes,
  withMessages,
} from './webhook-bodies.ts';

const url = 'https://cdn.example.com/x';

/** Every recorded WhatsApp webhook, and shapes that none of them shows. */
export const WHATSAPP_SAMPLES: readonly unknown[] = [
  ...payloadNames('whatsapp').map((name) => payload('whatsapp', name)),
  withMessages([
    whatsAppMessage({
      type: 'edit',
      text: undefined,
      edit: {
        original_message_id: 'wamid.old',
        message: { type: 'text', text: { body: 'New' }, context: { id: 'wamid.zero' } },
      },
    }),
    whatsAppMessage({ type: 'video', text: undefined, video: { caption: 'C', sha256: 'S', url } }),
    whatsAppMessage({
      type: 'system',
      from: undefined,
      system: {
        type: 'user_changed_number',
        customer: '16505551234',
        new_wa_id: '12195555358',
        body: 'B',
      },
    }),
  ]),
  withEchoes(
    whatsAppEcho({ to_user_id: 'US.1', to_parent_user_id: 'US.ENT.1' }),
    whatsAppEcho({ type: 'document', text: undefined, document: { caption: 'C', filename: 'F' } }),
  ),
];

/** Every recorded Instagram webhook, and shapes that none of them shows. */
export const INSTAGRAM_SAMPLES: readonly unknown[] = [
  ...payloadNames('instagram').map((name) => payload('instagram', name)),
  instagramBody(
    instagramMessage({
      attachments: [{ type: 'ig_post', payload: { url, title: 'T', ig_post_media_id: '18' } }],
      reply_to: { mid: 'mid.zero' },
      referral: { ref: 'R', ad_id: '1', ads_context_data: { ad_title: 'T', photo_url: url } },
    }),
    instagramMessage({ text: undefined, is_deleted: true }),
    instagramMessage({ text: undefined, is_unsupported: true }),
    instagramItem({ reaction: { mid: 'mid.old', action: 'react', reaction: 'love', emoji: '❤' } }),
    instagramItem({ read: { mid: 'mid.old' } }),
    instagramItem({ message_edit: { mid: 'mid.old', text: 'New', num_edit: '1' } }),
    instagramOutgoing({
      message: { mid: 'mid.echo', text: 'Hi', is_echo: true, app_id: 1, metadata: 'M' },
    }),
  ),
  instagramEntry({
    id: '0',
    changes: [{ field: 'messages', value: instagramMessage() }],
    standby: [instagramMessage({ is_deleted: true })],
  }),
];
