import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { discloses, personsWords, whatsAppBody } from '../../support/persons.ts';

const mayfly = await createInstallation();
let count = 0;

/** A number of WhatsApp without a user id, and the hash of who is behind it. */
function number() {
  count += 1;
  const phone = `1555063${String(count).padStart(4, '0')}`;
  let ids = 0;
  const body = (identity: string | null, text: string, at: Date) => {
    ids += 1;
    return whatsAppBody({
      contacts: [{ wa_id: phone, ...(identity === null ? {} : { identity_key_hash: identity }) }],
      messages: [
        {
          ...{ from: phone, id: `wamid.${phone}.${ids}`, type: 'text', text: { body: text } },
          timestamp: String(Math.floor(at.getTime() / 1000)),
        },
      ],
    });
  };
  const post = async (message: object) => {
    const signed = mayfly.webhooks.signed(message as { object: string });
    expect((await mayfly.post('whatsapp', signed)).status).toBe(200);
  };
  const received = () => mayfly.meta.sent.filter(({ to }) => to === `+${phone}`);
  return {
    ...{ body, post, received },
    write: (identity: string | null, text: string, at = new Date()) =>
      post(body(identity, text, at)),
    hears: (texts: number) => eventually(() => expect(received()).toHaveLength(texts)),
  };
}

beforeEach(() => {
  mayfly.model.requests.length = 0;
  mayfly.model.usually((request) => ({ reply: `You said: ${personsWords(request).join(' + ')}` }));
});

test('P-U2 who gets a number that was passed on begins a session of their own: nothing from before goes to the model', async () => {
  const one = number();
  await one.write('HASH_A=', 'my secret', new Date(Date.now() - 60_000));
  await one.hears(1);
  await one.write('HASH_A=', 'more of it', new Date(Date.now() - 50_000));
  await one.hears(2);
  expect(one.received()[1]?.text).toBe('You said: my secret + more of it');
  await one.write('HASH_B=', 'hello, who is this?');
  await one.hears(3);
  expect(one.received()[2]?.text).toContain('You said: hello, who is this?');
  expect(one.received().map(({ text }) => discloses(text))).toEqual([true, false, true]);
  expect(JSON.stringify(mayfly.model.requests.at(-1))).not.toContain('secret');
  await one.write('HASH_B=', 'and now?');
  await one.hears(4);
  expect(one.received()[3]?.text).toBe('You said: hello, who is this? + and now?');
});

test('what waited for an answer before is never answered to the one who has the number now', async () => {
  const one = number();
  await one.write('HASH_A=', 'first', new Date(Date.now() - 60_000));
  await one.hears(1);
  mayfly.model.plan('hang');
  await one.write('HASH_A=', 'my secret', new Date(Date.now() - 50_000));
  await eventually(() => expect(mayfly.model.requests).toHaveLength(2));
  await one.write('HASH_B=', 'hello');
  await one.hears(2);
  expect(one.received()[1]?.text).toContain('You said: hello');
  expect(one.received()[1]?.text).not.toContain('secret');
});

test('a message of the one before that is told late, or again, reaches nobody', async () => {
  const one = number();
  const early = one.body('HASH_A=', 'told twice', new Date(Date.now() - 60_000));
  await one.post(early);
  await one.hears(1);
  await one.write('HASH_B=', 'hello');
  await one.hears(2);
  await one.post(early);
  await one.write('HASH_A=', 'told late', new Date(Date.now() - 30_000));
  await one.write('HASH_B=', 'still me');
  await one.hears(3);
  expect(one.received()[2]?.text).toBe('You said: hello + still me');
});

test('the same identity, or one that WhatsApp does not tell, goes on where it was', async () => {
  const one = number();
  const said = [null, 'HASH_A=', null, 'HASH_A='] as const;
  for (const [index, identity] of said.entries()) {
    await one.write(identity, `word ${index}`);
    await one.hears(index + 1);
  }
  expect(one.received()[3]?.text).toBe('You said: word 0 + word 1 + word 2 + word 3');
});
