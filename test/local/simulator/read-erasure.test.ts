import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isMoving } from '../../../local/simulator/behind-view.ts';
import { erasureView } from '../../../local/simulator/erasure-view.ts';
import type { Message, Phone } from '../../../local/simulator/phones.ts';
import { createReadErasure } from '../../../local/simulator/read-erasure.ts';

const CODE = '6EW00GR6FJE91PGM39RH1RQF1T';
let state = 'confirm it is you';
let until: string[] = [];
let hasCertificate = false;

/** The status pages, as the api serves them to a program. */
const server = createServer((request, response) => {
  const isKnown = request.url?.startsWith(`/privacy/requests/${CODE}`) === true;
  const isCertificate = request.url?.endsWith('/certificate') === true;
  if (!isKnown || (isCertificate && !hasCertificate)) {
    response.writeHead(404).end('{}');
    return;
  }
  const elsewhere = until.map((one) => ({ where: 'AI provider', until: one }));
  response.end(JSON.stringify({ state, expiring_elsewhere: elsewhere }));
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => new Promise((resolve) => server.close(resolve)));

const said = (from: Message['from'], text: string) => ({ from, text }) as Message;
const phone = (...messages: Message[]) => ({ messages }) as Phone;
const offered = phone(
  said('business', `Follow it here: http://127.0.0.1/privacy/requests/${CODE}`),
  said('business', 'Everything is gone.'),
);

const read = (of: Phone) =>
  createReadErasure({
    webhookBase: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  })(of);

test('a phone on which no deletion was offered, or one that nobody confirmed, shows none', async () => {
  expect(await read(phone(said('person', `/privacy/requests/${CODE}`)))).toBeNull();
  expect(await read(phone(said('business', '/privacy/requests/UNKNOWN')))).toBeNull();
  expect(await read(offered)).toBeNull();
});

test('while it goes on, the strip says where it stands, and is looked at again', async () => {
  state = 'working';
  const view = erasureView((await read(offered))!);
  expect(view.steps.map(({ name, tone }) => `${name}: ${tone}`).slice(0, 4)).toEqual([
    'asked: good',
    'confirmed: good',
    'keys: now',
    'rows: ahead',
  ]);
  expect(view.steps).toHaveLength(7);
  expect(isMoving(view)).toBe(true);
  expect(view.links).toHaveLength(1);
});

test('P-D2 the end of an erasure is seen: erased, searched again, the certificate and its address', async () => {
  state = 'waiting for others';
  hasCertificate = true;
  until = ['2026-12-31T00:00:00.000Z', '2026-12-01T00:00:00.000Z'];
  const view = erasureView((await read(offered))!);
  expect(view.said).toMatch(/^Erased, and searched again/);
  expect(view.steps.map(({ name, detail }) => `${name} ${detail}`)).toEqual([
    'asked in the chat',
    'confirmed by the phrase',
    'keys destroyed',
    'rows gone',
    'searched nothing left',
    'certificate signed',
    'others until 2026-12-31',
  ]);
  expect(view.links.map(({ href }) => href)).toEqual([
    `/privacy/requests/${CODE}`,
    `/privacy/requests/${CODE}/certificate`,
  ]);
  expect(isMoving(view)).toBe(false);
});
