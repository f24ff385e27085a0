import type { Channel } from '../../domain/channels.ts';
import type { Background } from './background.ts';
import { instagramWebhooks } from './instagram-webhooks.ts';
import type { Message, Phone, Phones } from './phones.ts';
import type { MessageState } from './simulator-event.ts';
import type { WebhookSender } from './webhook-sender.ts';
import { whatsAppStatus } from './whatsapp-webhooks.ts';
import type { StatusRecipient } from './whatsapp-webhooks.ts';

/** In milliseconds after the message: when Meta has it, when the phone has it, when the person has seen it. */
export interface ReportTimes {
  sent: number;
  delivered: number;
  read: number;
}

export interface Delivered {
  phone: Phone;
  message: Message;
  /** WhatsApp's `biz_opaque_callback_data`. */
  token: string | null;
}

export interface DeliveryReports {
  /** WhatsApp tells sent, delivered and read; Instagram echoes the message and tells when it was seen. */
  follow(delivered: Delivered): void;
  /** Tells that nobody has the number (WhatsApp finds out only after it has answered). */
  undeliverable(of: { digits: string; providerId: string; token: string | null }): void;
}

/** The webhooks by which Meta tells what became of a message of the business's, shortly after it was sent. */
export function createDeliveryReports(deps: {
  phones: Phones;
  sender: WebhookSender;
  background: Background;
  accounts: Readonly<Record<Channel, string>>;
  times: ReportTimes;
}): DeliveryReports {
  const { phones, sender, background, accounts, times } = deps;

  const status = (
    phone: string | null,
    recipient: StatusRecipient,
    state: 'sent' | 'delivered' | 'read' | 'failed',
    of: { providerId: string; token: string | null },
  ) => ({
    channel: 'whatsapp' as const,
    phone,
    what: `status: ${state}`,
    body: whatsAppStatus(accounts.whatsapp, recipient, state, { ...of, at: new Date() }),
  });

  function reportsOf({ phone: { id: phone, person }, message, token }: Delivered): Report[] {
    if (person.channel === 'whatsapp') {
      const of = { providerId: message.providerId, token };
      return (['sent', 'delivered', 'read'] as const).map((state) => ({
        state,
        webhook: () => status(phone, person, state, of),
      }));
    }
    const { channel } = person;
    const { echo, seen } = instagramWebhooks(accounts.instagram, person);
    return [
      { state: 'sent', webhook: () => ({ channel, phone, what: 'echo', body: echo(message) }) },
      {
        state: 'read',
        webhook: () => ({ channel, phone, what: 'seen', body: seen(message, new Date()) }),
      },
    ];
  }

  return {
    follow(delivered) {
      background.run(async (pause) => {
        let passedMs = 0;
        for (const { state, webhook } of reportsOf(delivered)) {
          await pause(Math.max(0, times[state] - passedMs));
          passedMs = times[state];
          await sender.post(webhook(), (_got, outlook) => {
            if (outlook === 'acknowledged')
              phones.advance(delivered.phone, delivered.message, state);
          });
        }
      });
    },
    undeliverable({ digits, ...of }) {
      background.run(async (pause) => {
        await pause(times.delivered);
        await sender.post(status(null, { phone: digits }, 'failed', of));
      });
    },
  };
}

interface Report {
  state: Extract<MessageState, keyof ReportTimes>;
  webhook: () => Parameters<WebhookSender['post']>[0];
}
