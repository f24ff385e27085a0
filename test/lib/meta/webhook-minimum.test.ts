import type { ParsedWebhook } from '../../../domain/events.ts';
import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import { changed, leafPaths, nodePaths, pattern } from './json-nodes.ts';
import { INSTAGRAM_SAMPLES, WHATSAPP_SAMPLES } from './webhook-samples.ts';

/** Marks that look like a word or an id, like a phone, and like a code: whatever is collected takes one of them. */
const MARKS = ['US.M4RK', '16505550142', 131_009_123] as const;

/** The places of a webhook from which anything at all reaches the events. */
function collected(parse: (body: unknown) => ParsedWebhook, samples: readonly unknown[]): string[] {
  const places = samples.flatMap((sample) =>
    leafPaths(sample)
      .filter((path) =>
        MARKS.some((mark) =>
          JSON.stringify(parse(changed(sample, path, mark))).includes(String(mark)),
        ),
      )
      .map(pattern),
  );
  return [...new Set(places)].toSorted();
}

test('P-C1 P-C3 nothing of a WhatsApp webhook is collected but identifiers, ids, words, our token and a code', () => {
  const value = 'entry.*.changes.*.value';
  expect(collected(parseWhatsAppWebhook, WHATSAPP_SAMPLES)).toEqual(
    [
      `${value}.contacts.*.identity_key_hash`,
      `${value}.contacts.*.user_id`,
      `${value}.contacts.*.wa_id`,
      `${value}.message_echoes.*.id`,
      `${value}.message_echoes.*.text.body`,
      `${value}.message_echoes.*.to`,
      `${value}.message_echoes.*.to_user_id`,
      `${value}.messages.*.button.text`,
      `${value}.messages.*.edit.message.text.body`,
      `${value}.messages.*.edit.original_message_id`,
      `${value}.messages.*.from`,
      `${value}.messages.*.from_user_id`,
      `${value}.messages.*.id`,
      `${value}.messages.*.interactive.button_reply.title`,
      `${value}.messages.*.interactive.list_reply.title`,
      `${value}.messages.*.reaction.message_id`,
      `${value}.messages.*.revoke.original_message_id`,
      `${value}.messages.*.system.customer`,
      `${value}.messages.*.system.new_wa_id`,
      `${value}.messages.*.system.previous_user_id`,
      `${value}.messages.*.system.user_id`,
      `${value}.messages.*.system.wa_id`,
      `${value}.messages.*.text.body`,
      `${value}.metadata.phone_number_id`,
      `${value}.statuses.*.biz_opaque_callback_data`,
      `${value}.statuses.*.errors.*.code`,
      `${value}.statuses.*.id`,
      `${value}.statuses.*.recipient_id`,
      `${value}.statuses.*.recipient_user_id`,
    ].toSorted(),
  );
});

test('P-C1 P-C2 nothing of an Instagram webhook is collected but identifiers, ids and words', () => {
  const places = collected(parseInstagramWebhook, INSTAGRAM_SAMPLES).map((place) =>
    place.replace(/^\*\./, ''),
  );
  expect([...new Set(places)].toSorted()).toEqual(
    [
      'entry.*.changes.*.value.message.mid',
      'entry.*.changes.*.value.message.text',
      'entry.*.changes.*.value.recipient.id',
      'entry.*.changes.*.value.sender.id',
      'entry.*.messaging.*.message.mid',
      'entry.*.messaging.*.message.text',
      'entry.*.messaging.*.message_edit.mid',
      'entry.*.messaging.*.message_edit.text',
      'entry.*.messaging.*.postback.mid',
      'entry.*.messaging.*.postback.title',
      'entry.*.messaging.*.reaction.mid',
      'entry.*.messaging.*.read.mid',
      'entry.*.messaging.*.recipient.id',
      'entry.*.messaging.*.sender.id',
      'entry.*.standby.*.message.mid',
      'entry.*.standby.*.recipient.id',
      'entry.*.standby.*.sender.id',
    ].toSorted(),
  );
});

test.each([
  ['WhatsApp', parseWhatsAppWebhook, WHATSAPP_SAMPLES],
  ['Instagram', parseInstagramWebhook, INSTAGRAM_SAMPLES],
] as const)(
  'a field that %s adds tomorrow changes nothing and is named nowhere',
  (_, parse, samples) => {
    for (const sample of samples) {
      const before = parse(sample);
      for (const path of [[], ...nodePaths(sample)]) {
        expect(parse(withOneMoreField(sample, path))).toEqual(before);
      }
    }
  },
);

function withOneMoreField(sample: unknown, path: ReturnType<typeof nodePaths>[number]): unknown {
  const at = path.reduce<unknown>((node, step) => (node as never)[step], sample);
  if (typeof at !== 'object' || at === null || Array.isArray(at)) return sample;
  return changed(sample, path, { ...at, new_field: { name: 'M4RK' } });
}
