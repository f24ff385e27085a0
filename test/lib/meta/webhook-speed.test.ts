import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import { instagramBody, instagramItem, whatsAppMessage, withMessages } from './webhook-bodies.ts';

/** The most that Meta puts in one webhook: a thousand entries, three megabytes. */
const ENTRIES = 1000;
/** The same messages in so many webhooks: work that grew with the square of the size would cost a twentieth in these. */
const PIECES = 20;
const WORDS = 'word '.repeat(540);

const entryOf = (body: Record<string, unknown>) => (body['entry'] as unknown[])[0];

const LARGEST = [
  [
    'WhatsApp',
    parseWhatsAppWebhook,
    (n: number) => {
      const from = `1650${5_550_000 + n}`;
      const message = whatsAppMessage({ from, id: `wamid.${n}`, text: { body: WORDS } });
      return withMessages([message], { contacts: [{ wa_id: from, user_id: `US.${n}` }] });
    },
  ],
  [
    'Instagram',
    parseInstagramWebhook,
    (n: number) => {
      const message = { mid: `mid.${n}`, text: WORDS };
      return instagramBody(instagramItem({ sender: { id: `2000${n}` }, message }));
    },
  ],
] as const;

test.each(LARGEST)(
  'a message in the largest webhook of %s costs no more than in a small one',
  (_, parse, one) => {
    const entry = Array.from({ length: ENTRIES }, (__, n) => entryOf(one(n)));
    const largest = { ...one(0), entry };
    expect(JSON.stringify(largest).length).toBeGreaterThan(2_800_000);
    const small = Array.from({ length: PIECES }, (__, n) => ({
      ...largest,
      entry: entry.slice((n * ENTRIES) / PIECES, ((n + 1) * ENTRIES) / PIECES),
    }));
    const read = (bodies: readonly unknown[]) =>
      leastCpuMs(() => {
        const events = bodies.flatMap((body) => parse(body).events);
        expect(events).toHaveLength(ENTRIES);
      });
    expect(read([largest])).toBeLessThan(3 * read(small));
  },
);

/** CPU time of the best of several: the claim is about the work, not about what else the machine does. */
function leastCpuMs(work: () => void): number {
  const times = Array.from({ length: 7 }, () => {
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}
