import type { Channel } from '../../domain/channels.ts';

/** As people call them. */
export const CHANNEL_NAMES = {
  instagram: 'Instagram',
  whatsapp: 'WhatsApp',
} as const satisfies Record<Channel, string>;
