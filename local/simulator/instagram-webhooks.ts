import type { InstagramPerson } from './people.ts';
import type { Message } from './phones.ts';

type Written = Pick<Message, 'providerId' | 'at' | 'text'>;

/** The webhooks of one person on one business account. Source: Instagram platform, webhook examples. */
export function instagramWebhooks(account: string, { scopedId }: InstagramPerson) {
  const fromPerson = (at: Date, item: object) => envelope(account, scopedId, account, at, item);
  return {
    text: ({ providerId: mid, at, text }: Written) => fromPerson(at, { message: { mid, text } }),
    image: ({ providerId: mid, at }: Written) =>
      fromPerson(at, {
        message: { mid, attachments: [{ type: 'image', payload: { url: IMAGE } }] },
      }),
    edited: (of: Pick<Message, 'providerId' | 'text' | 'edits'>, at: Date) =>
      fromPerson(at, { message_edit: { mid: of.providerId, text: of.text, num_edit: of.edits } }),
    unsent: (of: Written, at: Date) =>
      fromPerson(at, { message: { mid: of.providerId, is_deleted: true } }),
    reaction: (of: Written, emoji: string | null, at: Date) =>
      fromPerson(at, {
        reaction: {
          mid: of.providerId,
          ...(emoji === null
            ? { action: 'unreact' }
            : { action: 'react', reaction: 'love', emoji }),
        },
      }),
    seen: (of: Pick<Message, 'providerId'>, at: Date) =>
      fromPerson(at, { read: { mid: of.providerId } }),
    /** What the business itself wrote comes back to it, with sender and recipient the other way round. */
    echo: ({ providerId: mid, at, text }: Written) =>
      envelope(account, account, scopedId, at, { message: { mid, text, is_echo: true } }),
  };
}

const IMAGE = 'https://cdn.example.com/picture.jpg';

function envelope(
  account: string,
  sender: string,
  recipient: string,
  at: Date,
  item: object,
): object {
  const messaging = {
    sender: { id: sender },
    recipient: { id: recipient },
    timestamp: at.getTime(),
    ...item,
  };
  return {
    object: 'instagram',
    entry: [{ id: account, time: Date.now(), messaging: [messaging] }],
  };
}
