import type { Channel } from '../../domain/channels.ts';

/** The ids of the simulated business: an Instagram account and a WhatsApp number. Replies are sent from the same. */
export const SIMULATED_ACCOUNTS = {
  instagram: '17840000000000000',
  whatsapp: '100000000000000',
} as const satisfies Record<Channel, string>;
