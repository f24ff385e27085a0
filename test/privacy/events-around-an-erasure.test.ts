import type { WebhookEvent } from '../../domain/events.ts';
import { markOfMessage, markOfWords } from '../../store/erasure/marks.ts';
import { createErasedWorld } from './erased-world.ts';
import type { Effect } from './erased-world.ts';
import { createNamed } from './event-bodies.ts';
import type { Named } from './event-bodies.ts';

const world = await createErasedWorld();
const MINUTE_MS = 60_000;
const LAST_WORDS = 'Example Bakery has deleted everything.';

/** Which time a webhook bears: from before the erasure, from between it and now, or from after now. */
const STAMPS = {
  older: () => new Date(Date.now() - 60 * MINUTE_MS),
  newer: () => new Date(Date.now() - 5 * MINUTE_MS),
  ahead: () => new Date(Date.now() + 60 * MINUTE_MS),
} as const;
type Stamp = keyof typeof STAMPS;
const ERASED_AT = () => new Date(Date.now() - 10 * MINUTE_MS);

/** When the webhook arrives, and whether the person has written anew by then. */
const MOMENTS = ['before', 'during', 'during, back', 'after', 'after, back'] as const;
type Moment = (typeof MOMENTS)[number];

interface Known {
  /** Ids at Meta: of what they wrote, what was sent to them, its second copy, and the last words. */
  ids: Record<'written' | 'sent' | 'copy' | 'last', string>;
  /** Our own id of what was sent. */
  token: string;
  fresh: string;
}

interface Row {
  type: WebhookEvent['type'];
  name: string;
  body: (person: Named, known: Known) => ((at: Date) => object) | null;
  /** It came before the erasure, and is repeated. */
  isRepeated?: boolean;
  /** What it does before an erasure; and afterwards, of each time it may bear. `nothing` where nothing is said. */
  before: Effect | Record<Stamp, Effect>;
  since?: Partial<Record<Stamp, { gone: Effect; back: Effect }>>;
}

const NEW_WORDS = { gone: 'a person', back: 'words' } as const;
const A_REST = { gone: 'nothing', back: 'a rest' } as const;

/** Every kind of event, of both channels: whatever is about something from before leaves no trace. */
const ROWS: readonly Row[] = [
  {
    ...{ type: 'message', name: 'a new text' },
    body: (person, { fresh }) => person.text(fresh, 'hello again'),
    before: 'words',
    since: { newer: NEW_WORDS, ahead: NEW_WORDS },
  },
  {
    ...{ type: 'message', name: 'a new press of a button' },
    body: (person, { fresh }) => person.pressed(fresh, 'Opening hours'),
    before: 'words',
    since: { newer: NEW_WORDS, ahead: NEW_WORDS },
  },
  {
    ...{ type: 'message', name: 'a text, repeated', isRepeated: true },
    body: (person, { fresh }) => person.text(fresh, 'a secret'),
    before: 'nothing',
  },
  {
    ...{ type: 'message', name: 'a picture, repeated', isRepeated: true },
    body: (person, { fresh }) => person.image(fresh),
    before: 'nothing',
  },
  {
    ...{ type: 'message', name: 'a press of a button, repeated', isRepeated: true },
    body: (person, { fresh }) => person.pressed(fresh, 'Opening hours'),
    before: 'nothing',
  },
  {
    ...{ type: 'message', name: 'what was taken back, repeated' },
    body: (person, { ids }) => person.text(`${ids.written}-unsent`, 'a secret'),
    before: 'nothing',
  },
  {
    ...{ type: 'message edited', name: 'an edit of what they wrote' },
    body: (person, { ids }) => person.edited(ids.written, 'another secret'),
    before: 'other words',
  },
  {
    ...{ type: 'message edited', name: 'an edit, repeated', isRepeated: true },
    body: (person, { fresh }) => person.edited(fresh, 'another secret'),
    // The same words again: only their seal is another.
    before: 'other words',
  },
  {
    ...{ type: 'message edited', name: 'an edit of what we never had' },
    body: (person, { fresh }) => person.edited(fresh, 'hello again'),
    before: 'words',
    since: { newer: NEW_WORDS, ahead: NEW_WORDS },
  },
  {
    ...{ type: 'message unsent', name: 'taking back what they wrote' },
    body: (person, { ids }) => person.unsent(ids.written),
    before: 'words gone',
  },
  {
    ...{ type: 'message unsent', name: 'taking back what we never had' },
    body: (person, { fresh }) => person.unsent(fresh),
    before: 'evidence',
    since: {
      newer: { gone: 'nothing', back: 'evidence' },
      ahead: { gone: 'nothing', back: 'evidence' },
    },
  },
  {
    ...{ type: 'reaction', name: 'a reaction' },
    body: (person, { ids }) => person.reaction(ids.sent),
    before: 'nothing',
  },
  {
    ...{ type: 'echo', name: 'an echo of what we sent' },
    body: (person, { ids }) => person.echo(ids.sent, 'We open at nine.'),
    before: 'evidence',
  },
  {
    ...{ type: 'echo', name: 'an echo of what we sent, by the id of its second copy' },
    body: (person, { ids }) => person.echo(ids.copy, 'cut off on the w'),
    before: 'nothing',
  },
  {
    ...{ type: 'echo', name: 'an echo of what is on its way, by an id that we do not know' },
    body: (person, { fresh }) => person.echo(fresh, 'on its way\ufe0f'),
    before: { older: 'a rest', newer: 'a rest', ahead: 'evidence' },
  },
  {
    ...{ type: 'echo', name: 'an echo of the last words, by their id' },
    body: (person, { ids }) => person.echo(ids.last, 'cut off on the w'),
    before: 'a rest',
  },
  {
    ...{ type: 'echo', name: 'an echo of the last words, before Meta answered' },
    body: (person, { fresh }) => person.echo(fresh, LAST_WORDS),
    before: 'a rest',
  },
  {
    ...{ type: 'echo', name: "an echo of a human's words, repeated", isRepeated: true },
    body: (person, { fresh }) => person.echo(fresh, 'I will look after this.'),
    before: 'nothing',
  },
  {
    ...{ type: 'echo', name: "an echo of a human's new words" },
    body: (person, { fresh }) => person.echo(fresh, 'Good to hear from you.'),
    before: 'a rest',
    since: { newer: A_REST, ahead: A_REST },
  },
  {
    ...{ type: 'status', name: 'a status by its id' },
    body: (person, { ids }) => person.status?.(ids.sent, 'delivered') ?? null,
    before: 'evidence',
  },
  {
    ...{ type: 'status', name: 'a status of another copy by our token' },
    body: (person, { fresh, token }) => person.status?.(fresh, 'failed', token) ?? null,
    before: 'evidence',
  },
  {
    ...{ type: 'seen', name: 'having seen what we sent' },
    body: (person, { ids }) => person.seen?.(ids.sent) ?? null,
    before: 'evidence',
  },
  {
    ...{ type: 'seen', name: 'having seen the chat' },
    body: (person) => person.seen?.(null) ?? null,
    before: { older: 'nothing', newer: 'nothing', ahead: 'evidence' },
  },
  {
    ...{ type: 'control changed', name: 'a human takes over' },
    body: (person) => person.handedOver?.('others') ?? null,
    before: 'a rest',
    since: { newer: A_REST, ahead: A_REST },
  },
  {
    ...{ type: 'control changed', name: 'a human took over, repeated', isRepeated: true },
    body: (person) => person.handedOver?.('others') ?? null,
    before: 'nothing',
  },
  {
    ...{ type: 'control changed', name: 'the chat comes back' },
    body: (person) => person.handedOver?.('us') ?? null,
    before: 'nothing',
  },
  {
    ...{ type: 'identifiers changed', name: 'a new number' },
    body: (person, { fresh }) => person.newNumber?.(fresh) ?? null,
    before: 'another number',
    // Whoever has written since is not the one who left the number then.
    since: {
      newer: { gone: 'nothing', back: 'nothing' },
      ahead: { gone: 'nothing', back: 'another number' },
    },
  },
  {
    ...{ type: 'identifiers changed', name: 'a new number, repeated', isRepeated: true },
    body: (person, { fresh }) => person.newNumber?.(fresh) ?? null,
    before: 'nothing',
  },
];

/** A type of event that no row is about does not compile. */
const HAS_ROWS = {
  message: true,
  'message edited': true,
  'message unsent': true,
  echo: true,
  status: true,
  seen: true,
  reaction: true,
  'identifiers changed': true,
  'control changed': true,
} satisfies Record<WebhookEvent['type'], true>;

let count = 0;

/** Someone who has written, taken something back, and was answered; and what is known of that. */
async function somebody(channel: Named['channel'], written: Date) {
  count += 1;
  const person = createNamed(channel, count);
  const id = (name: string) => `mid.${channel}.${count}.${name}`;
  const ids = { written: id('written'), sent: id('sent'), copy: id('copy'), last: id('last') };
  const post = (body: object) => world.post(channel, body);
  await post(person.text(ids.written, 'a secret')(written));
  await post(person.text(`${ids.written}-unsent`, 'a secret')(written));
  await post(person.unsent(`${ids.written}-unsent`)(written));
  const [subjectId] = await world.meant(person.references);
  const token = await world.answer(subjectId ?? '', 'We open at nine.', {
    first: ids.sent,
    other: ids.copy,
  });
  await world.answer(subjectId ?? '', 'on its way', { first: null });
  const known: Known = { ids, token, fresh: id('fresh') };
  return { person, known, post, subjectId: subjectId ?? '' };
}

/** What one row of the table does, arriving at one moment with one time. */
async function effectOf(row: Row, channel: Named['channel'], moment: Moment, stamp: Stamp) {
  const { person, known, post, subjectId } = await somebody(channel, STAMPS.older());
  const bodyAt = row.body(person, known);
  if (bodyAt === null) return null;
  const body = bodyAt(STAMPS[stamp]());
  if (row.isRepeated === true) await post(body);
  if (moment !== 'before') await world.fence(subjectId, ERASED_AT());
  if (moment.startsWith('after')) {
    await world.eraseRest(subjectId);
    const marks = person.references.slice(0, 1).flatMap((one) => world.tombstones.marksOf(one));
    const said = marks.map((mark) => markOfWords(mark, LAST_WORDS));
    await world.putUp([markOfMessage(known.ids.last), ...said]);
  }
  if (moment.endsWith('back'))
    await post(person.text(`${known.fresh}.back`, 'me again')(new Date()));
  const before = await world.look(person.references);
  await post(body);
  return world.difference(before, await world.look(person.references));
}

function expected({ before, since }: Row, moment: Moment, stamp: Stamp): Effect {
  if (moment === 'before') return typeof before === 'string' ? before : before[stamp];
  return since?.[stamp]?.[moment.endsWith('back') ? 'back' : 'gone'] ?? 'nothing';
}

test('every kind of event stands in the table', () => {
  expect([...new Set(ROWS.map(({ type }) => type))].sort()).toEqual(Object.keys(HAS_ROWS).sort());
});

describe.each(['whatsapp', 'instagram'] as const)('P-D4 on %s', (channel) => {
  const rows = ROWS.filter((row) => {
    const known = {
      ids: { written: 'a', sent: 'a', copy: 'a', last: 'a' },
      token: 'a',
      fresh: 'a',
    };
    return row.body(createNamed(channel, 0), known) !== null;
  });

  test.each(rows.map((row) => ({ ...row, row })))(
    '$name: before, during and after an erasure it does what the table says, whatever its time',
    async ({ row }) => {
      const [found, wanted]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
      for (const moment of MOMENTS) {
        for (const stamp of Object.keys(STAMPS) as Stamp[]) {
          // The last words are sent when everything is gone.
          if (row.name.includes('last words') && moment.startsWith('during')) continue;
          found[`${moment}: ${stamp}`] = await effectOf(row, channel, moment, stamp);
          wanted[`${moment}: ${stamp}`] = expected(row, moment, stamp);
        }
      }
      expect(found).toEqual(wanted);
    },
  );
});
