import { request } from 'node:http';

import { startSimulator } from './running-simulator.ts';
import type { RunningSimulator } from './running-simulator.ts';
import type { EventReader } from './event-reader.ts';

let simulator: RunningSimulator;
let page: EventReader;

beforeAll(async () => {
  simulator = await startSimulator({ publicUrl: 'https://demo.example.com' });
  page = await simulator.events();
});
afterAll(() => simulator.close());

const send = (headers: Record<string, string>) =>
  simulator.act('send', { phone: page.phone('whatsapp').id, text: 'Hello' }, headers);

describe('who may press the buttons', () => {
  const own = () => new URL(simulator.url).origin;

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port or subdomain', { 'sec-fetch-site': 'same-site' }],
    ['an address bar', { 'sec-fetch-site': 'none' }],
    ['an old browser on another site', { origin: 'https://evil.example.com' }],
    ['a page without an origin', { origin: 'null' }],
  ])('%s is refused, and nothing is sent', async (_who, headers) => {
    const before = simulator.received.length;
    const response = await send(headers as Record<string, string>);
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(simulator.received).toHaveLength(before);
  });

  test('our own page and programs that are no browser may', async () => {
    expect((await send({ 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await send({ origin: own() })).status).toBe(200);
    expect((await send({})).status).toBe(200);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a body of type %s is refused, as a form of another site could send it',
    async (type) => {
      expect((await send({ 'content-type': type })).status).toBe(415);
    },
  );
});

/** fetch sets Host itself, so this asks by hand. */
function statusFor(host: string, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const call = request(`${simulator.url}${path}`, { headers: { host } }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    call.on('error', reject);
    call.end();
  });
}

describe('under which names it answers', () => {
  test.each([
    'localhost:3000',
    '127.0.0.1',
    '[::1]:3000',
    'mayfly.localhost:3000',
    'demo.example.com',
  ])('%s: yes', async (host) => {
    expect(await statusFor(host, '/simulator')).toBe(200);
    expect(await statusFor(host, '/simulator/events')).toBe(200);
  });

  test.each([
    'evil.example.com',
    'localhost.example.com:3000',
    '127.0.0.1.example.com',
    '10.0.0.7:3000',
  ])('%s: no, since a foreign name may have been pointed at this machine', async (host) => {
    for (const path of ['/simulator', '/simulator/events', '/simulator/assets/simulator.js']) {
      expect(await statusFor(host, path)).toBe(403);
    }
  });
});

describe('bodies that are no action', () => {
  const phone = () => page.phone('instagram').id;
  test.each([
    ['no text', 'send', () => ({ phone: phone() })],
    ['a blank text', 'send', () => ({ phone: phone(), text: ' \n ' })],
    ['a text too long', 'send', () => ({ phone: phone(), text: 'a'.repeat(4097) })],
    ['an extra field', 'send', () => ({ phone: phone(), text: 'Hi', at: 1 })],
    ['an unknown channel', 'person', () => ({ channel: 'pager' })],
    ['an unknown fault', 'fault', () => ({ channel: 'instagram', fault: 'meteor' })],
    ['no object', 'unsend', () => []],
  ])('%s: 422', async (_what, action, body) => {
    expect((await simulator.act(action, body())).status).toBe(422);
  });

  test('no JSON: 400; a phone that is gone: 404; an unknown action: 404', async () => {
    expect((await simulator.act('send', '{"phone":')).status).toBe(400);
    expect((await simulator.act('send', { phone: 'gone', text: 'Hi' })).status).toBe(404);
    expect((await simulator.act('explode', {})).status).toBe(404);
  });
});
