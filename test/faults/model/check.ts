import { EVIDENCE_WAITS } from '../../../activities/evidence-waits.ts';
import type { DeliveryStatus } from '../../../domain/events.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { CHECKS } from '../check-journal.ts';
import { personOf } from '../journal.ts';
import type { Journal } from '../journal.ts';
import type { Copy } from './outside-world.ts';
import type { Somebody, World } from './world.ts';

/** Every promise that was broken in this world, with its name. */
export async function problemsOf(world: World): Promise<string[]> {
  const people = Object.values(world.people);
  const { journal } = world;
  const answered = withoutRefusedReplies(journal, people);
  const named = (name: string, lines: readonly string[]) => lines.map((line) => `${name}: ${line}`);
  return [
    ...named('no loss', CHECKS['no loss'](withoutRefused(journal, people))),
    ...named('one effect', CHECKS['one effect'](answered)),
    ...named('order', CHECKS.order(answered)),
    ...named('isolation', CHECKS.isolation(journal)),
    ...named('nothing unasked', CHECKS['nothing unasked'](journal)),
    ...named('queues empty', CHECKS['queues empty'](journal)),
    ...named('no hasty resend', people.flatMap(hastyResends)),
    ...named(
      'statuses',
      (await Promise.all(people.map((one) => wrongStatuses(world, one)))).flat(),
    ),
    ...named(
      'no needless rest',
      (await Promise.all(people.map((one) => needlessRests(world, one)))).flat(),
    ),
  ];
}

/** What Meta refused is not lost by us, and people who were handed to a human are answered by that human. */
function withoutRefused(journal: Journal, people: readonly Somebody[]): Journal {
  const human = new Set(people.filter(({ isHandedOver }) => isHandedOver).map(({ name }) => name));
  const refused = new Set(people.flatMap((one) => [...one.refused]));
  const given = journal.questions.filter(({ reply }) => refused.has(reply));
  const excused = new Set(given.flatMap(({ answers }) => answers));
  const isExcused = (message: string) => excused.has(message) || human.has(personOf(message));
  return {
    ...journal,
    posts: journal.posts.filter(({ message }) => !isExcused(message)),
    questions: journal.questions.filter(
      ({ reply, shown }) => !refused.has(reply) && !human.has(personOf(shown[0] ?? '')),
    ),
  };
}

/**
 * A reply that Meta reports as failed has answered nothing, as far as anybody can know: the next one answers its
 * messages too, although a first send of it, of which no word came back, may have arrived.
 */
function withoutRefusedReplies(journal: Journal, people: readonly Somebody[]): Journal {
  const refused = new Set(people.flatMap((one) => [...one.refused]));
  return { ...journal, questions: journal.questions.filter(({ reply }) => !refused.has(reply)) };
}

/** A text is sent once more only after the wait for evidence, and never when Meta has shown it. */
function hastyResends({ name, channel, copies }: Somebody): string[] {
  const byToken = Map.groupBy(copies, ({ sent }) => sent.token);
  return [...byToken.values()].flatMap(([first, second, third]) => {
    if (first === undefined || second === undefined) return [];
    if (third !== undefined) return [`${name} got one text three times`];
    const known = latestOf({ told: first.told.filter(({ at }) => at < second.at) });
    const wasShown = known !== null && known !== 'failed';
    const waitedMs = second.at - first.at;
    return [
      ...(wasShown ? [`${name} got a text again that Meta had shown before`] : []),
      ...(waitedMs < EVIDENCE_WAITS.evidenceMs[channel]
        ? [`${name} got a text again after ${Math.round(waitedMs)} ms`]
        : []),
    ];
  });
}

/** The later in this list, the more it tells. */
const TELLING: readonly DeliveryStatus[] = ['sent', 'failed', 'delivered', 'read'];

function latestOf({ told }: Pick<Copy, 'told'>): DeliveryStatus | null {
  return TELLING.findLast((status) => told.some((one) => one.status === status)) ?? null;
}

/** In whatever order Meta told, the furthest is what stands in the row; and a text that went out is confirmed. */
async function wrongStatuses({ stage: { db, people } }: World, one: Somebody): Promise<string[]> {
  if (one.subjectId === null) return [];
  const rows = await db
    .selectFrom('mayfly.deliveries')
    .select(['id', 'state', 'status'])
    .where('subject_id', '=', one.subjectId)
    .execute();
  const others = await db
    .selectFrom('mayfly.delivery_copies')
    .select(['delivery_id', 'status'])
    .where('subject_id', '=', one.subjectId)
    .execute();
  const { subjectId } = one;
  const cipher = await inTransaction(db, (trx) => people.cipher(trx, subjectId));
  return rows.flatMap(({ id, state, status }) => {
    const copies = one.copies.filter(({ sent }) => sent.token === cipher.token(id));
    const expected = copies.map(latestOf).filter((latest) => latest !== null);
    const kept = [
      status,
      ...others.filter((other) => other.delivery_id === id).map((other) => other.status),
    ].filter((known) => known !== null);
    const isReceived = expected.some((latest) => latest !== 'failed');
    return [
      ...(expected.toSorted().join() === kept.toSorted().join()
        ? []
        : [`${one.name} was told ${expected.join()}, kept is ${kept.join()}`]),
      ...(isReceived === (state === 'confirmed')
        ? []
        : [`${one.name} has a text that is ${state} after ${expected.join() || 'nothing'}`]),
    ];
  });
}

/** The assistant rests only where it gave up or asked for a human. */
async function needlessRests({ stage: { db } }: World, one: Somebody): Promise<string[]> {
  if (one.subjectId === null || one.isHandedOver) return [];
  const { human_until: until } = await db
    .selectFrom('mayfly.subjects')
    .select('human_until')
    .where('id', '=', one.subjectId)
    .executeTakeFirstOrThrow();
  return until === null ? [] : [`the assistant rests for ${one.name}, and nobody took over`];
}
