import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { takeStatus } from '../../api/webhooks/take-evidence.ts';
import type { DeliveryStatus } from '../../domain/events.ts';
import { parseWhatsAppWebhook } from '../../lib/meta/whatsapp-webhook.ts';
import { lockByToken } from '../../store/outbox/delivery-evidence.ts';
import { inTransaction } from '../../store/transaction.ts';
import { graphError } from '../fakes/meta/graph-bodies.ts';
import type { SentText } from '../fakes/meta/fake-meta.ts';
import { newInstagramMessageId } from '../fakes/meta/provider-ids.ts';
import { dumpRows } from '../support/byte-scan.ts';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createStage } from './outbox-stage.ts';

const stage = await createStage();
beforeEach(() => {
  stage.reset();
  stage.meta.showUnder(({ providerId }) => providerId);
});

function sentAt(index: number): SentText {
  const sent = stage.meta.sent[index];
  if (sent === undefined) throw new Error(`fewer than ${index + 1} texts were sent`);
  return sent;
}

const status = (sent: SentText, word: DeliveryStatus, options?: { errorCode?: number }) =>
  stage.post('whatsapp', stage.webhooks.statusWebhook(sent, word, options));
const echo = (sent: SentText, at?: Date) =>
  stage.post('instagram', stage.webhooks.echoWebhook(sent, at === undefined ? {} : { at }));
/** The same text as Meta would show it under an id of its own. */
const under = (sent: SentText, providerId = newInstagramMessageId(sent.account)): SentText => ({
  ...sent,
  providerId,
});

describe('statuses of whatsapp', () => {
  async function delivered() {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['an answer']);
    await stage.send(reply);
    return { reply, sent: sentAt(0) };
  }

  test('that are repeated and out of order leave the furthest one, and count nothing twice', async () => {
    const { reply, sent } = await delivered();
    for (const word of ['read', 'sent', 'delivered', 'read', 'sent', 'failed'] as const)
      await status(sent, word);
    expect(await stage.parts(reply)).toMatchObject([
      { state: 'confirmed', status: 'read', problem: null },
    ]);
    expect(stage.counted()).toEqual({});
  });

  test('without our token are matched by the id that the send was answered with', async () => {
    const { reply, sent } = await delivered();
    expect(await status({ ...sent, token: null }, 'delivered')).toEqual(['recorded']);
    expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed', status: 'delivered' }]);
  });

  test("without our token, of a send whose answer was lost, are nobody's: the text is sent twice at most", async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['an answer']);
    stage.meta.plan('execute then drop');
    await stage.send(reply, () => status({ ...sentAt(0), token: null }, 'delivered'));
    expect(stage.meta.sent).toHaveLength(2);
    await status({ ...sentAt(1), token: null }, 'delivered');
    expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed' }]);
  });

  test('P-D3: what goes to Meta beside the number is a random token a message, and stands nowhere here', async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['first', 'second']);
    await stage.send(reply);
    const tokens = stage.meta.sent.map(({ token }) => token ?? '');
    expect(new Set(tokens).size).toBe(2);
    const rows = await dumpRows(stage.db);
    for (const token of tokens) {
      expect(token).toMatch(/^[0-9a-f]{32}$/);
      expect(rows).not.toContain(token);
    }
    for (const { id } of await stage.parts(reply)) {
      expect(rows).toContain(id);
      expect(JSON.stringify(stage.meta.sent)).not.toContain(id);
    }
  });

  test('with our token are matched although the answer to the send was lost, by the first try and by the second', async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['an answer']);
    stage.meta.plan('execute then drop');
    await stage.send(reply);
    const [first, second] = [sentAt(0), sentAt(1)];
    expect(second.token).toBe(first.token);
    expect(await status(first, 'delivered')).toEqual(['recorded']);
    expect(await status(second, 'delivered')).toEqual(['duplicate confirmed']);
  });

  test("of what an earlier version sent, with our delivery's id for its token, are matched as before", async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['an answer']);
    stage.meta.plan('execute then drop');
    await stage.send(reply, async () => {
      const [part] = await stage.parts(reply);
      await stage.db
        .updateTable('mayfly.deliveries')
        .set({ token_mark: null })
        .where('id', '=', part?.id ?? '')
        .execute();
      expect(await status({ ...sentAt(0), token: part?.id ?? '' }, 'delivered')).toEqual([
        'recorded',
      ]);
    });
    expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed', status: 'delivered' }]);
    expect(stage.meta.sent).toHaveLength(1);
  });

  test("with a token of somebody else's message are not ours", async () => {
    const { sent } = await delivered();
    const other = await stage.somebody('whatsapp');
    const told = { ...sent, to: `+${other.address}`, providerId: 'wamid.Zm9yZWlnbg==' };
    expect(await status(told, 'delivered')).toEqual(['not ours']);
  });

  test('with a token of another program, or of nobody, are not ours', async () => {
    const { sent } = await delivered();
    const foreign = { ...sent, providerId: 'wamid.Zm9yZWlnbg==' };
    expect(await status({ ...foreign, token: 'campaign-7' }, 'delivered')).toEqual(['not ours']);
    expect(await status({ ...foreign, token: randomUUID() }, 'delivered')).toEqual(['not ours']);
  });

  test('that report a failure later reject the part, with the problem, and nothing is sent again', async () => {
    const { reply, sent } = await delivered();
    expect(await status(sent, 'failed', { errorCode: 131047 })).toEqual(['failed afterwards']);
    expect(await status(sent, 'failed', { errorCode: 131047 })).toEqual(['recorded']);
    expect(await stage.parts(reply)).toMatchObject([
      { state: 'rejected', problem: 'window closed', error_code: 131047 },
    ]);
    expect(await stage.send(reply)).toEqual({ outcome: 'rejected', reason: 'window closed' });
    expect(stage.meta.sent).toHaveLength(1);
    expect(stage.counted()).toEqual({ 'failed afterwards': 1 });
  });

  test('that report a failure between two parts hold back the second', async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['first', 'second']);
    stage.meta.plan('execute then drop');
    const ended = await stage.send(reply, () => status(sentAt(0), 'failed', { errorCode: 131026 }));
    expect(ended).toEqual({ outcome: 'rejected', reason: 'person unreachable' });
    expect((await stage.parts(reply)).map(({ state }) => state)).toEqual([
      'rejected',
      'suppressed',
    ]);
    expect(stage.meta.sent).toHaveLength(1);
  });

  test('of two copies: one that failed and one that arrived are no duplicate', async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['an answer']);
    stage.meta.plan('execute then drop');
    await stage.send(reply);
    await status(sentAt(0), 'failed');
    expect(await stage.parts(reply)).toMatchObject([{ state: 'accepted', resends: 1 }]);
    await status(sentAt(1), 'delivered');
    expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed' }]);
    expect(stage.counted()).toEqual({ ambiguous: 1, resent: 1 });
  });

  test('of two copies that both failed reject the part', async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['an answer']);
    stage.meta.plan('execute then drop');
    await stage.send(reply);
    await status(sentAt(1), 'failed');
    await status(sentAt(0), 'failed');
    expect(await stage.parts(reply)).toMatchObject([{ state: 'rejected' }]);
  });

  test('of two copies that both arrived count one duplicate, however often they are told', async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['an answer']);
    stage.meta.plan('execute then drop');
    await stage.send(reply);
    for (const word of ['delivered', 'read', 'sent'] as const) {
      for (const sent of [...stage.meta.sent]) await status(sent, word);
    }
    expect(stage.counted()).toEqual({ ambiguous: 1, resent: 1, 'duplicate confirmed': 1 });
  });

  test('under two ids, of a part that was sent once, are no duplicate of ours', async () => {
    const { reply, sent } = await delivered();
    await status(sent, 'delivered');
    await status({ ...sent, providerId: 'wamid.b3RoZXI=' }, 'delivered');
    expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed', resends: 0 }]);
    expect(stage.counted()).toEqual({});
  });

  test('of the first copy that come while the second is on its way are told apart from it', async () => {
    const person = await stage.somebody('whatsapp');
    const reply = await person.plan(['an answer']);
    stage.meta.plan('execute then drop', { slowMs: 100 });
    const sending = stage.send(reply);
    while (stage.meta.sent.length < 2) await new Promise(setImmediate);
    await status(sentAt(0), 'delivered');
    await sending;
    await status(sentAt(1), 'delivered');
    expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed', resends: 1 }]);
    expect(stage.counted()).toEqual({ ambiguous: 1, resent: 1, 'duplicate confirmed': 1 });
  });

  test.each(['answered', 'on its way'])(
    'of the first copy, which went out and then failed, leave the second that is %s as Meta answered it',
    async (second) => {
      const person = await stage.somebody('whatsapp');
      const reply = await person.plan(['an answer']);
      stage.meta.plan('execute then drop', ...(second === 'answered' ? [] : [{ slowMs: 100 }]));
      const sending = stage.send(reply);
      while (stage.meta.sent.length < 2) await new Promise(setImmediate);
      if (second === 'answered') await sending;
      await status(sentAt(0), 'sent');
      await status(sentAt(0), 'failed');
      expect(await sending).toEqual({ outcome: 'sent' });
      expect(await stage.parts(reply)).toMatchObject([{ state: 'accepted', resends: 1 }]);
    },
  );
});

test('a status of a second copy does not wait for the gate, which waits for the delivery that it holds', async () => {
  const person = await stage.somebody('whatsapp');
  const reply = await person.plan(['an answer']);
  stage.meta.plan('execute then drop');
  await stage.send(reply);
  const first = sentAt(0);
  const { body } = stage.webhooks.statusWebhook(first, 'delivered');
  const [event] = parseWhatsAppWebhook(JSON.parse(body.toString('utf8'))).events;
  if (event?.type !== 'status') throw new Error('a status was expected');
  const gate = await inTransaction(stage.db, async (trx) => {
    await sql`SET LOCAL lock_timeout = '50ms'`.execute(trx);
    await lockByToken(trx, (await stage.parts(reply))[0]?.id ?? '');
    const passing = stage.deliver(reply);
    await eventually(async () => expect(await waiting()).toBe(1));
    expect(await takeStatus(trx, stage.deps, event, new Set())).toBe('recorded');
    return { passing };
  });
  expect(await gate.passing).toEqual({ outcome: 'sent' });
});

async function waiting(): Promise<number> {
  const { rows } = await sql`
    SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(
    stage.db,
  );
  return rows.length;
}

describe('echoes of instagram', () => {
  async function delivered(text = 'an answer') {
    const person = await stage.somebody('instagram');
    const reply = await person.plan([text]);
    await stage.send(reply);
    return { person, reply, sent: sentAt(0) };
  }

  test('under another id than the send was answered with are ours, also when repeated', async () => {
    const { person, reply, sent } = await delivered();
    const shown = under(sent);
    for (let time = 0; time < 3; time += 1) expect(await echo(shown)).toEqual(['recorded']);
    expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed' }]);
    expect((await stage.subject(person)).human_until).toBeNull();
    expect(stage.counted()).toEqual({});
  });

  test("of a human who writes the same words later are a human's", async () => {
    const { person, sent } = await delivered();
    await echo(sent);
    expect(await echo(under(sent))).toEqual(['taken over']);
    expect((await stage.subject(person)).human_until).not.toBeNull();
  });

  test('that differ in white space only are ours: Instagram may trim', async () => {
    const { person, sent } = await delivered('two\n\nlines ');
    await echo(under({ ...sent, text: 'two\nlines' }));
    expect((await stage.subject(person)).human_until).toBeNull();
  });

  test('of both copies of a part, each under an id of its own, confirm the duplicate and no takeover', async () => {
    const person = await stage.somebody('instagram');
    const reply = await person.plan(['an answer']);
    stage.meta.plan('execute then drop');
    stage.meta.planThread('lags', 'lags', 'lags');
    await stage.send(reply);
    for (const sent of [...stage.meta.sent]) await echo(under(sent));
    expect((await stage.subject(person)).human_until).toBeNull();
    expect(stage.counted()).toEqual({ ambiguous: 1, resent: 1, 'duplicate confirmed': 1 });
  });

  test('of a part whose answer was lost are ours, also when sending it once more was refused', async () => {
    const person = await stage.somebody('instagram');
    const reply = await person.plan(['an answer']);
    stage.meta.plan('execute then drop', graphError({ code: 100 }));
    stage.meta.planThread('lags', 'lags', 'lags');
    await stage.send(reply);
    expect(await stage.parts(reply)).toMatchObject([{ state: 'rejected', resends: 1 }]);
    const [sent] = stage.meta.sent;
    if (sent === undefined) throw new Error('nothing was sent');
    await echo(under(sent));
    expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed', status: 'sent' }]);
    expect((await stage.subject(person)).human_until).toBeNull();
  });
});

describe('the same words, sent twice on purpose', () => {
  async function twice(second: 'ok' | 'drop before reading' | 'execute then drop') {
    const person = await stage.somebody('instagram');
    const first = await person.plan(['Yes.']);
    await stage.send(first);
    await person.write('really?');
    const reply = await person.plan(['Yes.']);
    stage.meta.plan(second);
    return { person, first, reply };
  }

  test.each(['the ids of the answers', 'ids of their own'])(
    'are told apart in the thread, under %s',
    async (ids) => {
      if (ids === 'ids of their own')
        stage.meta.showUnder(({ providerId }) => `other-${providerId}`);
      const { reply } = await twice('drop before reading');
      await stage.send(reply);
      expect(stage.meta.sent).toHaveLength(2);
      expect(await stage.parts(reply)).toMatchObject([{ state: 'accepted', resends: 1 }]);
    },
  );

  test.each(['the ids of the answers', 'ids of their own'])(
    'are both found in the thread, under %s',
    async (ids) => {
      if (ids === 'ids of their own')
        stage.meta.showUnder(({ providerId }) => `other-${providerId}`);
      const { reply } = await twice('execute then drop');
      await stage.send(reply);
      expect(stage.meta.sent).toHaveLength(2);
      expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed', resends: 0 }]);
    },
  );

  test('are each confirmed by their own echo, in any order', async () => {
    const { person, first, reply } = await twice('ok');
    await stage.send(reply);
    const [one, other] = [sentAt(0), sentAt(1)].map((sent) => under(sent));
    if (one === undefined || other === undefined) throw new Error('two were sent');
    for (const shown of [other, one, other, one]) await echo(shown, shown.at);
    expect(await stage.parts(first)).toMatchObject([{ state: 'confirmed' }]);
    expect(await stage.parts(reply)).toMatchObject([{ state: 'confirmed' }]);
    expect((await stage.subject(person)).human_until).toBeNull();
    expect(stage.counted()).toEqual({});
  });

  test('an echo of the first does not settle the second, whose answer was lost', async () => {
    const { reply } = await twice('drop before reading');
    await stage.send(reply, () => echo(under(sentAt(0)), sentAt(0).at));
    expect(stage.meta.sent).toHaveLength(2);
    expect(await stage.parts(reply)).toMatchObject([{ state: 'accepted', resends: 1 }]);
  });
});

test("on whatsapp an echo is a human's, even of the words that we sent", async () => {
  const person = await stage.somebody('whatsapp');
  await stage.send(await person.plan(['Yes.']));
  const human = { ...sentAt(0), providerId: 'wamid.aHVtYW4=' };
  expect(await stage.post('whatsapp', stage.webhooks.echoWebhook(human))).toEqual(['taken over']);
  expect(sentAt(0).account).toBe(ACCOUNTS.whatsapp);
});
