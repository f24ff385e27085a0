import type { Channel } from '../../domain/channels.ts';
import type { PersonReference } from '../../domain/events.ts';
import { ACCOUNTS } from '../support/installation.ts';

/** A person of one channel with everything that webhooks name them by, and the bodies of those webhooks. */
export function createNamed(channel: Channel, n: number) {
  return channel === 'whatsapp' ? onWhatsApp(n) : onInstagram(n);
}

export type Named = ReturnType<typeof createNamed>;
type Body = (at: Date) => object;

function onWhatsApp(n: number) {
  const phone = `1555061${String(n).padStart(4, '0')}`;
  const next = `1555062${String(n).padStart(4, '0')}`;
  const userId = `US.${String(n).padStart(4, '0')}82041836590271`;
  const account = ACCOUNTS.whatsapp;
  const reference: PersonReference = {
    ...{ channel: 'whatsapp', account },
    identifiers: [
      { kind: 'whatsapp user id', value: userId },
      { kind: 'whatsapp phone', value: `+${phone}` },
    ],
  };
  const seconds = (at: Date) => String(Math.floor(at.getTime() / 1000));
  const envelope = (field: string, value: object) => ({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: '102290129340398',
        changes: [{ field, value: { metadata: { phone_number_id: account }, ...value } }],
      },
    ],
  });
  const message =
    (id: string, item: object): Body =>
    (at) =>
      envelope('messages', {
        messages: [{ from: phone, from_user_id: userId, id, timestamp: seconds(at), ...item }],
      });
  return {
    channel: 'whatsapp' as Channel,
    account,
    references: [
      reference,
      { ...reference, identifiers: [{ kind: 'whatsapp phone', value: `+${phone}` }] },
      { ...reference, identifiers: [{ kind: 'whatsapp phone', value: `+${next}` }] },
    ] satisfies PersonReference[],
    text: (id: string, body: string) => message(id, { type: 'text', text: { body } }),
    pressed: (id: string, text: string) => message(id, { type: 'button', button: { text } }),
    image: (id: string) => message(id, { type: 'image', image: { id: '1' } }),
    edited: (id: string, body: string) =>
      message(`${id}-edit`, {
        type: 'edit',
        edit: { original_message_id: id, message: { type: 'text', text: { body } } },
      }),
    unsent: (id: string) =>
      message(`${id}-revoke`, { type: 'revoke', revoke: { original_message_id: id } }),
    reaction: (id: string) =>
      message(`${id}-reaction`, { type: 'reaction', reaction: { message_id: id, emoji: '👍' } }),
    echo:
      (id: string, body: string): Body =>
      (at) =>
        envelope('smb_message_echoes', {
          message_echoes: [
            {
              to: phone,
              to_user_id: userId,
              id,
              timestamp: seconds(at),
              type: 'text',
              text: { body },
            },
          ],
        }),
    status:
      (id: string, status: string, token?: string): Body =>
      (at) =>
        envelope('messages', {
          statuses: [
            {
              ...{ id, status, timestamp: seconds(at), recipient_id: phone },
              ...(token === undefined ? {} : { biz_opaque_callback_data: token }),
            },
          ],
        }),
    seen: null,
    handedOver: null,
    newNumber: (id: string) =>
      message(id, {
        type: 'system',
        system: { type: 'user_changed_number', wa_id: next },
      }),
  };
}

function onInstagram(n: number) {
  const id = `2000000008${String(n).padStart(5, '0')}`;
  const account = ACCOUNTS.instagram;
  const reference: PersonReference = {
    ...{ channel: 'instagram', account },
    identifiers: [{ kind: 'instagram user id', value: id }],
  };
  const item =
    (part: object, from: string = id, to: string = account): Body =>
    (at) => ({
      object: 'instagram',
      entry: [
        {
          id: account,
          time: at.getTime(),
          messaging: [
            { sender: { id: from }, recipient: { id: to }, timestamp: at.getTime(), ...part },
          ],
        },
      ],
    });
  return {
    channel: 'instagram' as Channel,
    account,
    references: [reference],
    text: (mid: string, text: string) => item({ message: { mid, text } }),
    pressed: (mid: string, title: string) => item({ postback: { mid, title } }),
    image: (mid: string) => item({ message: { mid, attachments: [{ type: 'image' }] } }),
    edited: (mid: string, text: string) => item({ message_edit: { mid, text, num_edit: 1 } }),
    unsent: (mid: string) => item({ message: { mid, is_deleted: true } }),
    reaction: (mid: string) => item({ reaction: { mid, action: 'react' } }),
    echo: (mid: string, text: string) =>
      item({ message: { mid, text, is_echo: true } }, account, id),
    status: null,
    seen: (mid: string | null) => item({ read: mid === null ? { watermark: 1 } : { mid } }),
    handedOver: (to: 'us' | 'others') =>
      item({ [to === 'us' ? 'pass_thread_control' : 'take_thread_control']: {} }),
    newNumber: null,
  };
}
