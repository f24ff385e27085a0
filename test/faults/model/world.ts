import { ingest } from '../../../api/webhooks/ingest.ts';
import type { IngestResult } from '../../../api/webhooks/ingest.ts';
import type { Channel } from '../../../domain/channels.ts';
import { parseInstagramWebhook } from '../../../lib/meta/instagram-webhook.ts';
import { parseWhatsAppWebhook } from '../../../lib/meta/whatsapp-webhook.ts';
import { createMetaWebhooks } from '../../fakes/meta/webhooks.ts';
import type { SignedWebhook } from '../../fakes/meta/webhooks.ts';
import { emptyJournal } from '../journal.ts';
import type { Journal } from '../journal.ts';
import { createActors } from './actors.ts';
import type { Actors } from './actors.ts';
import type { Copy } from './outside-world.ts';
import type { Scenario, Send, Thought } from './scenario.ts';
import type { ModelStage } from './stage.ts';

/** What one scenario is played in. */
export interface World {
  stage: ModelStage;
  actors: Actors;
  journal: Journal;
  people: Record<Channel, Somebody>;
  /** The time of the clock, and a little more each time it is asked: it tells what came first. */
  stamp(): number;
}

/** One person, with what Meta and the test know of them. */
export interface Somebody {
  name: string;
  channel: Channel;
  account: string;
  address: string;
  /** Null until they have written. */
  subjectId: string | null;
  messages: number;
  lastWebhook: SignedWebhook | null;
  copies: Copy[];
  /** What Meta and the model will do next; when nothing is left, all goes well. */
  sends: Send[];
  thoughts: Thought[];
  hasStopped: boolean;
  /** The assistant has a reason to rest. */
  isHandedOver: boolean;
  /** Replies of the model that Meta refused. */
  refused: Set<string>;
  /** Calls of Meta that were given up and end later, all the same. */
  late: { answer: () => void; ended: Promise<unknown> }[];
  /** What their conversation is told; it may be told before it listens. */
  isWoken: boolean;
  hasNews: boolean;
  listener: () => void;
}

const webhooks = createMetaWebhooks({ whatsapp: 'secret', instagram: 'secret' });
const PARSERS = { whatsapp: parseWhatsAppWebhook, instagram: parseInstagramWebhook };

let worlds = 0;

/** Two people whom nobody has met, each on an account of their own. */
export function createWorld(stage: ModelStage, { sends, thoughts }: Scenario): World {
  worlds += 1;
  let asked = 0;
  const number = String(worlds).padStart(7, '0');
  const somebody = (channel: Channel): Somebody => ({
    name: channel === 'whatsapp' ? 'w1' : 'i1',
    channel,
    account: `1${channel === 'whatsapp' ? '0' : '7'}00000${number}`,
    address: channel === 'whatsapp' ? `1555${number}` : `30000000${number}`,
    subjectId: null,
    messages: 0,
    lastWebhook: null,
    copies: [],
    sends: [...sends[channel]],
    thoughts: [...thoughts[channel]],
    hasStopped: false,
    isHandedOver: false,
    refused: new Set(),
    late: [],
    isWoken: false,
    hasNews: false,
    listener: () => undefined,
  });
  return {
    stage,
    actors: createActors(),
    journal: emptyJournal(['w1', 'i1']),
    people: { whatsapp: somebody('whatsapp'), instagram: somebody('instagram') },
    stamp: () => stage.clock.now() + (asked += 1) / 1_000_000,
  };
}

/** They write, and it is stored. Unless their conversation is woken, the sweep has to find it. */
export async function write(world: World, one: Somebody, isHeard = true): Promise<void> {
  await world.stage.clock.tick();
  one.messages += 1;
  const message = `${one.name}-${one.messages}`;
  const timestamp = new Date();
  const writtenAt =
    one.channel === 'whatsapp'
      ? Math.floor(timestamp.getTime() / 1000) * 1000
      : timestamp.getTime();
  const at = world.stamp();
  const taken = await take(world, one, textOf(one, `#${message} hello`, timestamp));
  world.journal.posts.push({ message, writtenAt, at, endedAt: world.stamp(), status: 200 });
  if (isHeard) tell(one, taken);
}

/** They ask to be left alone; once is enough. */
export async function stop(world: World, one: Somebody): Promise<void> {
  if (one.hasStopped) return;
  one.hasStopped = true;
  const taken = await take(world, one, textOf(one, 'stop', new Date()));
  world.journal.silences.push({ person: one.name, from: world.stamp() });
  tell(one, taken);
}

/** Meta hands over once more what it has handed over last. */
export async function repeat(world: World, one: Somebody): Promise<void> {
  if (one.lastWebhook !== null) tell(one, await take(world, one, one.lastWebhook));
}

/** Meta tells one of the things that it has to tell of a text, this many times. */
export async function showStatus(
  world: World,
  one: Somebody,
  { copy, index, times }: { copy: Copy; index: number; times: number },
): Promise<void> {
  const [status] = copy.untold.splice(index, 1);
  if (status === undefined) return;
  copy.told.push({ at: world.stamp(), status });
  const options = status === 'failed' ? { errorCode: 131026 } : {};
  const webhook =
    one.channel === 'whatsapp'
      ? webhooks.statusWebhook(copy.sent, status, options)
      : webhooks.echoWebhook(copy.sent);
  for (let time = 0; time < times; time += 1) tell(one, await take(world, one, webhook));
}

/** Meta tells all that it has to tell of every text, the older ones first. */
export async function showAll(world: World, one: Somebody): Promise<void> {
  for (const copy of one.copies) {
    while (copy.untold.length > 0) await showStatus(world, one, { copy, index: 0, times: 1 });
  }
}

function textOf(one: Somebody, text: string, timestamp: Date): SignedWebhook {
  const { address: from, account } = one;
  const webhook =
    one.channel === 'whatsapp'
      ? webhooks.whatsAppTextWebhook({ from, phoneNumberId: account, text, timestamp })
      : webhooks.instagramTextWebhook({ from, account, text, timestamp });
  one.lastWebhook = webhook;
  return webhook;
}

async function take({ stage }: World, one: Somebody, { body }: SignedWebhook) {
  await stage.clock.tick();
  const { events } = PARSERS[one.channel](JSON.parse(body.toString('utf8')));
  const taken = await ingest(stage.ingest, events);
  one.subjectId ??= [...taken.toWake][0] ?? null;
  return taken;
}

function tell(one: Somebody, { toWake, settled }: IngestResult): void {
  if (toWake.size > 0) wake(one);
  if (settled.size > 0) giveNews(one);
}

export function wake(one: Somebody): void {
  one.isWoken = true;
  one.listener();
}

export function giveNews(one: Somebody): void {
  one.hasNews = true;
  one.listener();
}
