import { newInstagramMessageId } from '../fakes/meta/provider-ids.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS } from './personal-secrets.ts';
import type { PersonalSecrets } from './personal-secrets.ts';
import { onInstagram, onWhatsApp, sends } from './writing.ts';
import type { Whole } from './writing.ts';

/** Asks by the form to be forgotten, confirms it from the chat, and is; the other asks in the chat and thinks better of it. */
export async function forgotten(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  const origin = `http://127.0.0.1:${mayfly.settings['PORT']}`;
  await sends(mayfly, 2, () => Promise.all([onWhatsApp(mayfly, one), onInstagram(mayfly, other)]));
  const form = {
    right: 'erasure',
    whatsapp: `+${one.phone}`,
    description: `${one.words} ${one.username}`,
    reply_to: `${one.name}@example.com`,
  };
  const answer = await fetch(`${origin}/privacy/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(form),
  });
  expect(answer.status).toBe(202);
  const { code, verification } = (await answer.json()) as {
    code: string;
    verification: { phrase: string };
  };
  const confirmation = {
    from: one.phone,
    phoneNumberId: ACCOUNTS.whatsapp,
    text: verification.phrase,
  };
  await mayfly.post('whatsapp', mayfly.webhooks.whatsAppTextWebhook(confirmation));
  await eventually(async () => {
    expect((await fetch(`${origin}/privacy/requests/${code}/certificate`)).status).toBe(200);
  }, 40_000);
  const wish = { from: other.instagramId, account: ACCOUNTS.instagram, text: 'delete my data' };
  await sends(mayfly, 1, () =>
    mayfly.post('instagram', mayfly.webhooks.instagramTextWebhook(wish)),
  );
  await sends(mayfly, 1, () =>
    onInstagram(mayfly, other, 'no, keep it', newInstagramMessageId(ACCOUNTS.instagram)),
  );
}
