import type { SentText } from '../../test/fakes/meta/fake-meta.ts';
import type { TakenText } from './protocol.ts';

/** A text that was taken, as the builders of webhooks want it. They make statuses of it, which carry no words. */
export function sentTextOf(taken: TakenText): SentText {
  return { ...taken, at: new Date(), channel: 'whatsapp', text: '' };
}
