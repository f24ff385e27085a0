import fc from 'fast-check';
import type { ParsedWebhook } from '../../../domain/events.ts';
import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { IGNORED_WORDS } from '../../../lib/meta/webhook-finding.ts';
import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import { changed, nodePaths } from './json-nodes.ts';
import {
  IG_ACCOUNT,
  instagramBody,
  instagramItem,
  PHONE_ID,
  whatsAppMessage,
  whatsAppStatus,
  withMessages,
  withStatuses,
  type Json,
} from './webhook-bodies.ts';
import { INSTAGRAM_SAMPLES, WHATSAPP_SAMPLES } from './webhook-samples.ts';

type Parse = (body: unknown) => ParsedWebhook;

const PRODUCTS = [
  ['WhatsApp', parseWhatsAppWebhook, WHATSAPP_SAMPLES],
  ['Instagram', parseInstagramWebhook, INSTAGRAM_SAMPLES],
] as const;

const nasty = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    '__proto__',
    'constructor',
    [],
    {},
    JSON.parse('{"__proto__":{"polluted":true}}'),
    Number.MAX_SAFE_INTEGER,
    -1,
    '\ud800',
    '9'.repeat(400),
  ),
);

/** Some node of a value is deleted or replaced. */
function mutated(value: unknown): fc.Arbitrary<unknown> {
  return fc
    .tuple(fc.constantFrom(...nodePaths(value)), nasty)
    .map(([path, replacement]) => changed(value, path, replacement));
}

function assertSound({ events, ignored, malformed }: ParsedWebhook): void {
  expect(Number.isInteger(malformed)).toBe(true);
  expect(IGNORED_WORDS).toEqual(expect.arrayContaining(Object.keys(ignored)));
  expect(Object.getPrototypeOf(ignored)).toBe(Object.prototype);
  for (const event of events) {
    expect(Number.isFinite(event.at.getTime())).toBe(true);
    if (event.type !== 'status') expect(event.person).not.toBeNull();
    for (const { value } of event.person?.identifiers ?? [])
      expect(value).toMatch(/^[\x21-\x7e]+$/);
    expect(JSON.stringify(event).isWellFormed()).toBe(true);
  }
  expect(({} as Json)['polluted']).toBeUndefined();
}

describe.each(PRODUCTS)('a %s webhook', (_, parse, samples) => {
  test('may be any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (body) => assertSound(parse(body))),
      { numRuns: 500 },
    );
  });

  test('may be any value at all', () => {
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true });
    fc.assert(
      fc.property(anything, (body) => {
        assertSound(parse(body));
        assertSound(
          parse({
            entry: [body, { messaging: body, changes: [{ field: 'messages', value: body }] }],
          }),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('may be any documented one with some of its nodes deleted or replaced', () => {
    const bodies = fc
      .constantFrom(...samples)
      .chain(mutated)
      .chain((once) =>
        fc.oneof(
          fc.constant(once),
          nodePaths(once).length === 0 ? fc.constant(once) : mutated(once),
        ),
      );
    fc.assert(
      fc.property(bodies, (body) => assertSound(parse(body))),
      { numRuns: 3000 },
    );
  });
});

/** Items of one list, each a different person's, and the body that carries them. */
const LISTS: readonly [string, Parse, (n: number) => Json, (items: unknown[]) => Json][] = [
  [
    'message of WhatsApp',
    parseWhatsAppWebhook,
    (n) => whatsAppMessage({ from: `1650555100${n}`, from_user_id: `US.${n}`, id: `wamid.${n}` }),
    (items) => withMessages(items),
  ],
  [
    'status of WhatsApp',
    parseWhatsAppWebhook,
    (n) => whatsAppStatus({ id: `wamid.${n}`, recipient_user_id: `US.${n}` }),
    (items) => withStatuses(...items),
  ],
  [
    'item of Instagram',
    parseInstagramWebhook,
    (n) =>
      instagramItem({ sender: { id: `2000${n}` }, message: { mid: `mid.${n}`, text: 'Hello' } }),
    (items) => instagramBody(...items),
  ],
];

test.each(LISTS)(
  'one broken %s leaves the others as they are, and is counted',
  (_, parse, item, body) => {
    const items: unknown[] = [0, 1, 2, 3, 4].map(item);
    const broken = fc
      .nat(items.length - 1)
      .chain((place) => fc.tuple(fc.constant(place), fc.oneof(nasty, mutated(items[place]))));
    fc.assert(
      fc.property(broken, ([place, replacement]) => {
        const others = parse(body(items.toSpliced(place, 1))).events;
        const parsed = parse(body(items.with(place, replacement)));
        const before = others.slice(0, place);
        const after = others.slice(place);
        expect(parsed.events.slice(0, place)).toEqual(before);
        expect(parsed.events.slice(parsed.events.length - after.length)).toEqual(after);
        const counted = Object.values(parsed.ignored).reduce((sum, times) => sum + times, 0);
        expect(parsed.events.length + parsed.malformed + counted).toBe(items.length);
      }),
      { numRuns: 1000 },
    );
  },
);

const change = (n: number): Json => ({
  field: 'messages',
  value: {
    metadata: { phone_number_id: PHONE_ID },
    messages: [whatsAppMessage({ from: `1650555100${n}`, id: `wamid.${n}` })],
  },
});
const messaging = (n: number) => [
  instagramItem({ sender: { id: `2000${n}` }, message: { mid: `mid.${n}`, text: 'Hello' } }),
];

/** Parts that carry one event each, and the body that carries the parts. */
const PARTS: readonly [string, Parse, (n: number) => Json, (parts: unknown[]) => Json][] = [
  [
    'entry of WhatsApp',
    parseWhatsAppWebhook,
    (n) => ({ id: '1', changes: [change(n)] }),
    (entry) => ({ object: 'whatsapp_business_account', entry }),
  ],
  [
    'change of WhatsApp',
    parseWhatsAppWebhook,
    change,
    (changes) => ({ object: 'whatsapp_business_account', entry: [{ id: '1', changes }] }),
  ],
  [
    'entry of Instagram',
    parseInstagramWebhook,
    (n) => ({ id: IG_ACCOUNT, messaging: messaging(n) }),
    (entry) => ({ object: 'instagram', entry }),
  ],
];

test.each(PARTS)('one broken %s leaves the others as they are', (_, parse, part, body) => {
  const parts: unknown[] = [0, 1, 2].map(part);
  const [first, middle, last] = parse(body(parts)).events;
  expect([first, middle, last]).not.toContain(undefined);
  fc.assert(
    fc.property(fc.oneof(nasty, mutated(parts[1])), (replacement) => {
      const { events } = parse(body(parts.with(1, replacement)));
      expect(events.at(0)).toEqual(first);
      expect(events.at(-1)).toEqual(last);
    }),
    { numRuns: 1000 },
  );
});
