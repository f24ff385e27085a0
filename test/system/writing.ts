import { eventually } from '../support/eventually.ts';
import { ACCOUNTS } from './personal-secrets.ts';
import type { PersonalSecrets } from './personal-secrets.ts';
import type { Mayfly } from './processes.ts';
import type { Servers } from './servers.ts';

/** A Mayfly with the servers that it alone uses. */
export type Whole = Mayfly & { servers: Servers };

/** Writes on WhatsApp, named by number, user id, username and name. */
export async function onWhatsApp(
  { post, webhooks }: Whole,
  one: PersonalSecrets,
  text = '',
  id = one.whatsAppMessage,
): Promise<number> {
  const { phone: from, userId, username, name, words } = one;
  const fields = {
    from,
    userId,
    username,
    name,
    phoneNumberId: ACCOUNTS.whatsapp,
    text: `${words} ${text}`,
    id,
  };
  return (await post('whatsapp', webhooks.whatsAppTextWebhook(fields))).status;
}

/** Writes on Instagram, named by Instagram's id alone. */
export async function onInstagram(
  { post, webhooks }: Whole,
  one: PersonalSecrets,
  text = '',
  mid = one.instagramMessage,
): Promise<number> {
  const fields = {
    from: one.instagramId,
    account: ACCOUNTS.instagram,
    text: `${one.words} ${text}`,
    mid,
  };
  return (await post('instagram', webhooks.instagramTextWebhook(fields))).status;
}

/** Does something that makes so many texts go out, and waits until they have. */
export async function sends({ meta }: Whole, count: number, act: () => Promise<unknown>) {
  const before = meta.sent.length;
  await act();
  await eventually(() => expect(meta.sent.length).toBeGreaterThanOrEqual(before + count));
  return meta.sent.slice(before);
}
