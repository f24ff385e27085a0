import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLink } from './link.ts';

let requests = 0;
const server = createServer((_request, response) => {
  requests += 1;
  response.end(`answer ${requests}`);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const link = await createLink((server.address() as AddressInfo).port);
afterAll(async () => {
  await link.close();
  server.closeAllConnections();
  server.close();
});

const get = async (ms = 5_000) =>
  (await fetch(`http://127.0.0.1:${link.port}/`, { signal: AbortSignal.timeout(ms) })).text();

test('what goes through a link arrives', async () => {
  expect(await get()).toBe('answer 1');
});

test('a link that is cut ends what is open and takes nothing, until it is mended', async () => {
  link.cut();
  await expect(get()).rejects.toThrow('fetch failed');
  expect(requests).toBe(1);
  link.mend();
  expect(await get()).toBe('answer 2');
});

test('a link that is held passes nothing, and everything once it is mended', async () => {
  link.hold();
  const answer = get();
  await expect(get(300)).rejects.toThrow('timeout');
  link.mend();
  expect(await answer).toMatch(/^answer \d/);
});

test('an answer that is lost was given, and nobody but the test learns of it', async () => {
  const before = requests;
  const lost: string[] = [];
  link.loseAnswer(/answer/, (answer) => lost.push(answer));
  await expect(get()).rejects.toThrow('fetch failed');
  expect(requests).toBe(before + 1);
  expect(lost.join()).toContain(`answer ${before + 1}`);
  expect(await get()).toBe(`answer ${before + 2}`);
});
