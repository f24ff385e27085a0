import { readdirSync } from 'node:fs';
import path from 'node:path';
import { OUT_OF_QUOTA } from '../fakes/llm/fake-model.ts';
import { graphError } from '../fakes/meta/graph-bodies.ts';
import { newInstagramMessageId, newWhatsAppMessageId } from '../fakes/meta/provider-ids.ts';
import { eventually } from '../support/eventually.ts';
import {
  asksToBeForgotten,
  confirms,
  onInstagram,
  onWhatsApp,
  sayTheirSecret,
  sends,
} from './conversing.ts';
import type { Whole } from './conversing.ts';
import { ACCOUNTS } from './personal-secrets.ts';
import type { PersonalSecrets } from './personal-secrets.ts';

/** What happens to one person, or to two. None of them is met again. */
const HAPPENINGS: ((
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
) => Promise<void>)[] = [
  ordinary,
  longAnswers,
  modelThatRecovers,
  modelThatDoesNot,
  metaThatRefuses,
  lostAnswers,
  humanAndSecondThoughts,
  badWebhooks,
  requests,
  withoutPostgres,
  withoutTemporal,
];

/** How many people `liveThroughEverything` needs. */
export const PEOPLE_NEEDED = 2 * HAPPENINGS.length;

/** Conversations of different people on both channels, in which everything that can fail fails at least once. */
export async function liveThroughEverything(
  mayfly: Whole,
  people: readonly PersonalSecrets[],
): Promise<void> {
  for (const [index, happen] of HAPPENINGS.entries()) {
    const [one, other] = people.slice(2 * index);
    if (one === undefined || other === undefined) throw new Error('too few people');
    mayfly.model.usually(sayTheirSecret([one, other]));
    await happen(mayfly, one, other);
  }
}

async function ordinary(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  const { post, webhooks } = mayfly;
  const sent = await sends(mayfly, 2, () =>
    Promise.all([onWhatsApp(mayfly, one), onInstagram(mayfly, other)]),
  );
  for (const text of sent) {
    const statuses =
      text.channel === 'whatsapp'
        ? (['sent', 'delivered', 'read', 'failed'] as const)
        : (['read'] as const);
    for (const status of statuses) await post(text.channel, webhooks.statusWebhook(text, status));
    if (text.channel === 'instagram') await post('instagram', webhooks.echoWebhook(text));
  }
}

async function longAnswers(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  mayfly.model.usually(sayTheirSecret([one, other], 90));
  await sends(mayfly, 8, () => Promise.all([onWhatsApp(mayfly, one), onInstagram(mayfly, other)]));
}

async function modelThatRecovers(mayfly: Whole, one: PersonalSecrets): Promise<void> {
  mayfly.model.plan({ status: 500 }, 'invalid answer');
  await sends(mayfly, 1, () => onWhatsApp(mayfly, one));
  mayfly.model.plan('not json', 'cut body');
  await sends(mayfly, 1, () => onInstagram(mayfly, one));
}

async function modelThatDoesNot(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  mayfly.model.plan(OUT_OF_QUOTA);
  await sends(mayfly, 1, () => onWhatsApp(mayfly, one));
  mayfly.model.usually('refusal');
  await sends(mayfly, 1, () => onInstagram(mayfly, other));
}

async function metaThatRefuses(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  const { meta } = mayfly;
  const message = `${one.phone} ${other.instagramId} ${one.words}`;
  meta.plan({
    ...graphError({ code: 130429, message, status: 429 }),
    headers: { 'retry-after': '1' },
  });
  meta.planReading('drop before reading', graphError({ code: 100, message }));
  await sends(mayfly, 1, () => onWhatsApp(mayfly, one));
  meta.plan(graphError({ code: 551, message }));
  await onInstagram(mayfly, other);
  await settled(mayfly, 'rejected');
}

async function lostAnswers(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  mayfly.meta.plan('execute then 500', 'execute then cut body');
  const sent = await sends(mayfly, 2, async () => {
    await onWhatsApp(mayfly, one);
    await onInstagram(mayfly, other);
  });
  for (const text of sent) {
    const webhook =
      text.channel === 'whatsapp'
        ? mayfly.webhooks.statusWebhook(text, 'delivered')
        : mayfly.webhooks.echoWebhook(text);
    await mayfly.post(text.channel, webhook);
  }
}

/** Takes a message back, edits one, is answered by a human, and stops the assistant. */
async function humanAndSecondThoughts(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  const { post, webhooks, meta } = mayfly;
  const { instagramId: sender, instagramMessage: mid, words } = other;
  const item = (part: object) => {
    const messaging = {
      sender: { id: sender },
      recipient: { id: ACCOUNTS.instagram },
      timestamp: Date.now(),
      ...part,
    };
    return webhooks.signed({
      object: 'instagram',
      entry: [{ id: ACCOUNTS.instagram, time: Date.now(), messaging: [messaging] }],
    } as { object: string });
  };
  await sends(mayfly, 2, () => Promise.all([onWhatsApp(mayfly, one), onInstagram(mayfly, other)]));
  await post('instagram', item({ message_edit: { mid, text: `${words} edited`, num_edit: 1 } }));
  await post('instagram', item({ message: { mid, is_deleted: true } }));
  const [last] = meta.sent.slice(-1);
  if (last === undefined) throw new Error('nothing was sent');
  const byHand = {
    ...last,
    channel: 'instagram',
    account: ACCOUNTS.instagram,
    to: sender,
    text: `${words} by hand`,
    providerId: newInstagramMessageId(ACCOUNTS.instagram),
  } as const;
  await post('instagram', webhooks.echoWebhook(byHand));
  await onWhatsApp(mayfly, one, '', newWhatsAppMessageId(one.phone, 'from person'));
  const stop = { from: one.phone, phoneNumberId: ACCOUNTS.whatsapp, text: 'stop' };
  await sends(mayfly, 1, () => post('whatsapp', webhooks.whatsAppTextWebhook(stop)));
}

/** What is not Meta's, not JSON, not whole, too large, or for nobody. */
async function badWebhooks(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  const { post, webhooks } = mayfly;
  const fields = {
    from: one.phone,
    phoneNumberId: ACCOUNTS.whatsapp,
    text: one.words,
    id: one.whatsAppMessage,
  };
  const good = webhooks.whatsAppTextWebhook(fields);
  const refused = [
    await post('whatsapp', { ...good, signature: `sha256=${one.words}` }),
    await post('instagram', good),
    await post('whatsapp', webhooks.signed(one.words as never)),
    await post('whatsapp', { ...good, body: Buffer.alloc(3_500_000, one.words) }),
  ];
  expect(refused.map(({ status }) => status).every((status) => status >= 400 && status < 500)).toBe(
    true,
  );
  const entry = [
    {
      id: one.words,
      changes: [
        { field: 'messages', value: { metadata: { phone_number_id: 7 }, messages: [other] } },
        one.words,
      ],
    },
    other,
  ];
  await post(
    'whatsapp',
    webhooks.signed({ object: 'whatsapp_business_account', entry } as { object: string }),
  );
  const origin = `http://127.0.0.1:${mayfly.settings['PORT']}`;
  const query = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.verify_token': one.words,
    'hub.challenge': one.phone,
  });
  const answers = [
    await fetch(`${origin}/webhooks/whatsapp?${query}`),
    await fetch(`${origin}/privacy/requests/${one.words}?${one.phone}`),
  ];
  expect(answers.map(({ ok }) => ok)).toEqual([false, false]);
}

/** One asks to be forgotten and is told by mail; the other does not confirm, and waits. */
async function requests(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  await asksToBeForgotten(mayfly, other, { instagram: other.username });
  const { phrase } = await asksToBeForgotten(mayfly, one, { instagram: one.username });
  await sends(mayfly, 1, () => onWhatsApp(mayfly, one));
  await confirms(mayfly, one, phrase);
  const outbox = path.join(mayfly.servers.folder, 'mayfly', 'outbox');
  await eventually(() => expect(readdirSync(outbox)).toHaveLength(2));
  await eventually(async () => {
    const rows = await mayfly.db
      .selectFrom('mayfly.request_steps')
      .select('name')
      .where('name', '=', 'working')
      .execute();
    expect(rows).toHaveLength(1);
  });
}

async function withoutPostgres(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  const { model, servers } = mayfly;
  model.plan({ reply: other.reply, afterMs: 500 });
  const asked = model.requests.length;
  await onInstagram(mayfly, other);
  await eventually(() => expect(model.requests.length).toBeGreaterThan(asked));
  await sends(mayfly, 2, async () => {
    await servers.postgres.kill();
    // A session of the killed server may live for a moment longer, and even commit.
    await eventually(async () => expect(await onWhatsApp(mayfly, one)).toBe(503));
    await servers.postgres.start();
    await eventually(async () => expect(await onWhatsApp(mayfly, one)).toBe(200));
  });
}

async function withoutTemporal(
  mayfly: Whole,
  one: PersonalSecrets,
  other: PersonalSecrets,
): Promise<void> {
  const { temporal } = mayfly.servers;
  await temporal.stop();
  await onWhatsApp(mayfly, one);
  await sends(mayfly, 2, async () => {
    await onInstagram(mayfly, other);
    await temporal.start();
  });
}

async function settled({ db }: Whole, state: 'rejected'): Promise<void> {
  await eventually(async () => {
    const rows = await db
      .selectFrom('mayfly.deliveries')
      .select('id')
      .where('state', '=', state)
      .execute();
    expect(rows).not.toEqual([]);
  });
}
