import { startGraphWorld, TO } from './graph-world.ts';
import type { GraphWorld } from './graph-world.ts';

const { account, to: person } = TO.instagram;
let world: GraphWorld;
beforeEach(async () => {
  world = await startGraphWorld();
});
afterEach(() => world.close());

const read = () => world.client.readThread({ account, person, since: new Date(0) });
const send = (text: string) =>
  world.simulator.act('send', { phone: world.page.phone('instagram').id, text });
const ask = (path: string) =>
  fetch(`${world.simulator.url}/simulator/graph/v25.0${path}`, {
    headers: { authorization: 'Bearer a' },
  });

test('the thread has what the business sent, as our own client reads it', async () => {
  await send('Are you open?');
  const outcome = await world.sendText('instagram', 'We are open.');
  const { providerId } = outcome as { providerId: string };
  expect(await read()).toEqual({
    kind: 'read',
    texts: [{ providerId, text: 'We are open.', at: expect.any(Date) }],
  });
});

test('the thread does not have what was never sent', async () => {
  await send('Are you open?');
  await world.simulator.act('fault', { channel: 'instagram', fault: 'server error' });
  await world.sendText('instagram');
  expect(await read()).toEqual({ kind: 'read', texts: [] });
});

test('the thread shows the newest twenty messages, and none that was unsent', async () => {
  for (let count = 0; count < 20; count += 1) await world.sendText('instagram', `Text ${count}`);
  await send('Not meant for you');
  await world.simulator.act('unsend', { phone: world.page.phone('instagram').id });
  await send('The last one');
  const response = await ask(
    `/${account}/conversations?platform=instagram&user_id=${person.value}`,
  );
  const { data } = (await response.json()) as {
    data: { messages: { data: { message: string }[] } }[];
  };
  const texts = data[0]!.messages.data.map(({ message }) => message);
  expect(texts).toHaveLength(20);
  expect(texts.slice(0, 2)).toEqual(['The last one', 'Text 19']);
});

test('a person without a phone here has no thread', async () => {
  const response = await ask(`/${account}/conversations?platform=instagram&user_id=1`);
  expect(await response.json()).toEqual({ data: [] });
});

test.each([
  ['another account', `/1/conversations?platform=instagram&user_id=${person.value}`],
  ['no person', `/${account}/conversations?platform=instagram`],
])('a thread of %s is an error of Meta', async (_what, path) => {
  const response = await ask(path);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 100 } });
});
