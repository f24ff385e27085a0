import type { FakeModelRequest } from '../fakes/llm/fake-model.ts';
import type { SentText } from '../fakes/meta/fake-meta.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS } from './personal-secrets.ts';
import type { PersonalSecrets } from './personal-secrets.ts';
import type { Mayfly } from './processes.ts';
import type { Servers } from './servers.ts';

/** A Mayfly with the servers that it alone uses. */
export type Whole = Mayfly & { servers: Servers };

/** The reply holds what whoever wrote must not have known to others, and what they wrote. */
export function sayTheirSecret(people: readonly PersonalSecrets[], times = 1) {
  return ({ turns }: FakeModelRequest) => {
    const text = turns.findLast(({ role }) => role === 'person')?.text ?? '';
    const author = people.find(({ words }) => text.includes(words));
    return { reply: Array(times).fill(`${author?.reply} to ${author?.words}.`).join(' ') };
  };
}

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

/** Does something that makes so many texts go out, and returns them when they have. */
export async function sends(
  { meta }: Whole,
  count: number,
  act: () => Promise<unknown>,
): Promise<SentText[]> {
  const before = meta.sent.length;
  await act();
  await eventually(() => expect(meta.sent.length).toBeGreaterThanOrEqual(before + count));
  return meta.sent.slice(before);
}

/** Asks by the form to be forgotten on WhatsApp, and on what else is named, with an address for the answer. */
export async function asksToBeForgotten(
  { settings }: Whole,
  { phone, words, mailAddress }: PersonalSecrets,
  more: { instagram?: string } = {},
): Promise<{ code: string; phrase: string }> {
  const response = await fetch(`http://127.0.0.1:${settings['PORT']}/privacy/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      right: 'erasure',
      whatsapp: `+${phone}`,
      ...more,
      description: words,
      reply_to: mailAddress,
    }),
  });
  expect(response.status).toBe(202);
  const { code, verification } = (await response.json()) as {
    code: string;
    verification: { phrase: string };
  };
  return { code, phrase: verification.phrase };
}

/** Says from their own chat that it was them who asked. */
export async function confirms(
  { post, webhooks }: Whole,
  { phone: from }: PersonalSecrets,
  phrase: string,
): Promise<void> {
  const fields = { from, phoneNumberId: ACCOUNTS.whatsapp, text: phrase };
  await post('whatsapp', webhooks.whatsAppTextWebhook(fields));
}
