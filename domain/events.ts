import type { Channel } from './channels.ts';

/** The ways Meta names a person. Each is an alias of our own subject id; none is ever stored in clear. */
export const IDENTIFIER_KINDS = [
  'instagram user id',
  'instagram handle',
  'whatsapp phone',
  'whatsapp user id',
] as const;
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** One identifier, normalised: phones in E.164 with `+`, handles lower case without `@`. */
export interface Identifier {
  kind: IdentifierKind;
  value: string;
}

/** The identifiers that a message can be sent to; a handle is none. */
export const ADDRESS_KINDS = [
  'instagram user id',
  'whatsapp phone',
  'whatsapp user id',
] as const satisfies IdentifierKind[];
export interface Address {
  kind: (typeof ADDRESS_KINDS)[number];
  value: string;
}

/**
 * A person as one webhook item names them, on one business account.
 * `account` is the business's own id: Instagram `entry.id`, WhatsApp `metadata.phone_number_id`. It is also the sending id.
 */
export interface PersonReference {
  channel: Channel;
  account: string;
  identifiers: readonly [Address, ...Address[]];
}

/** What a message was, when it was not text: kept as this word alone (policy C1). */
export const ATTACHMENT_KINDS = [
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contact card',
  'order',
  'form',
  'share',
  'story mention',
  'like',
  'unsupported',
  /** A message that Meta told of without its words: they may still come. */
  'unread',
] as const;
export type AttachmentKind = (typeof ATTACHMENT_KINDS)[number];

/**
 * Kinds that ask for no answer, and get none: a nod, or words to somebody else's followers. A plea to write it in text
 * would be a bother.
 */
export const QUIET_KINDS = ['sticker', 'like', 'story mention'] as const satisfies AttachmentKind[];

/**
 * Text is the person's own words, or the title of the button they pressed. `overheard` are the phrases that were said while
 * another app answers; nothing else that is said to it is collected.
 */
export type MessageContent =
  | { kind: 'text'; text: string }
  | { kind: 'overheard'; text: string }
  | { kind: AttachmentKind };

/** Delivery statuses that Meta reports for what we sent. `read` and `played` both mean seen. */
export const DELIVERY_STATUSES = ['sent', 'delivered', 'read', 'failed'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/**
 * What a webhook can tell us, after everything the policy does not allow us to collect was dropped.
 * `providerId` is Meta's message id (personal data: it may encode a phone number). `at` is Meta's own time.
 */
export type WebhookEvent =
  | {
      type: 'message';
      person: PersonReference;
      providerId: string;
      at: Date;
      content: MessageContent;
      /** WhatsApp's hash of the identity behind the number, where the business has it told. */
      identity?: string;
    }
  | {
      type: 'message edited';
      person: PersonReference;
      providerId: string;
      at: Date;
      text: string;
      /** Another app answers this conversation: a message that we never got is not meant for us. */
      isOverheard?: true;
    }
  | { type: 'message unsent'; person: PersonReference; providerId: string; at: Date }
  | { type: 'echo'; person: PersonReference; providerId: string; at: Date; text: string | null }
  | {
      type: 'status';
      /** Null when the status names no recipient: it is then matched by `token` alone. */
      person: PersonReference | null;
      providerId: string;
      /** WhatsApp `biz_opaque_callback_data`: the id of our delivery. */
      token: string | null;
      status: DeliveryStatus;
      errorCode: number | null;
      at: Date;
    }
  | { type: 'seen'; person: PersonReference; providerId: string | null; at: Date }
  | { type: 'reaction'; person: PersonReference; providerId: string; at: Date }
  | {
      type: 'identifiers changed';
      person: PersonReference;
      providerId: string;
      next: readonly Identifier[];
      at: Date;
    }
  | { type: 'control changed'; person: PersonReference; to: 'us' | 'others'; at: Date };

/**
 * One parsed webhook. `ignored` counts, by a fixed word of ours, what was recognised and is of no use to us;
 * `malformed` counts the items that fit no documented shape. Neither loses the other items.
 */
export interface ParsedWebhook {
  events: WebhookEvent[];
  ignored: Record<string, number>;
  malformed: number;
}
