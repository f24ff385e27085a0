import type { ThreadReading } from '../../../lib/meta/graph-read-back.ts';
import { clientOf, fakeMeta, rawServer, REQUESTS } from './graph-setup.ts';

const { account, to: person } = REQUESTS.instagram;
const SINCE = new Date('2026-11-24T12:00:00Z');
const read = (url: string, since = SINCE): Promise<ThreadReading> =>
  clientOf(url, 500).readThread({ account, person, since });

interface Message {
  id?: unknown;
  created_time?: unknown;
  from?: unknown;
  message?: unknown;
}
const ours = (fields: Message = {}): Message => ({
  id: 'mid-1',
  created_time: '2026-11-24T12:00:05+0000',
  from: { id: account, username: 'example.bakery' },
  message: 'Hello',
  ...fields,
});
const thread = (messages: readonly Message[]) => ({
  status: 200,
  body: { data: [{ id: 'thread', messages: { data: messages } }] },
});

async function readAnswer(
  answer: { status: number; body: unknown },
  since?: Date,
): Promise<ThreadReading> {
  const meta = await fakeMeta();
  meta.planThread(answer);
  return read(meta.url, since);
}

test('what the business sent is read with id, words and time, oldest first', async () => {
  const meta = await fakeMeta();
  const client = clientOf(meta.url);
  await client.sendText({ ...REQUESTS.instagram, text: 'one' });
  await client.sendText({ ...REQUESTS.instagram, text: 'two' });
  const reading = await read(meta.url);
  expect(reading).toMatchObject({
    kind: 'read',
    texts: meta.sent.map(({ text, providerId }) => ({ text, providerId })),
  });
  expect(reading.kind === 'read' && reading.texts[0]?.at.getTime()).toBe(
    Math.floor((meta.sent[0]?.at.getTime() ?? 0) / 1000) * 1000,
  );
});

test('what the person wrote, and what is no text, is left out', async () => {
  const theirs = ours({ id: 'mid-2', from: { id: person.value } });
  const picture = ours({ id: 'mid-3', message: null });
  const { message: _, ...without } = ours({ id: 'mid-4' });
  const reading = await readAnswer(thread([ours(), theirs, picture, without]));
  expect(reading).toMatchObject({ kind: 'read', texts: [{ providerId: 'mid-1' }] });
});

test('nothing at all, where the person must have written, is no reading', async () => {
  expect(await readAnswer({ status: 200, body: { data: [] } })).toEqual({ kind: 'not read' });
  expect(await readAnswer(thread([]))).toEqual({ kind: 'not read' });
});

describe('twenty messages, which is all that Instagram tells,', () => {
  const newest = Array.from({ length: 20 }, (_, index) => ours({ id: `mid-${index}` }));

  test('are no reading when the time in question may lie before them', async () => {
    expect(await readAnswer(thread(newest))).toEqual({ kind: 'not read' });
  });

  test('may be followed by mere ids of older ones', async () => {
    const older = [{ id: 'mid-20' }, { id: 'mid-21' }];
    const since = new Date('2026-11-24T12:00:06Z');
    expect((await readAnswer(thread([...newest, ...older]), since)).kind).toBe('read');
  });

  test('are a reading when they go further back than that', async () => {
    const reading = await readAnswer(thread(newest), new Date('2026-11-24T12:00:06Z'));
    expect(reading.kind).toBe('read');
  });
});

test.each([
  ['an error of Meta', { status: 400, body: { error: { code: 190 } } }],
  ['a page of a proxy', { status: 200, body: '<html>' }],
  ['a server error with a good body', { ...thread([ours()]), status: 500 }],
  ['another shape', { status: 200, body: { data: { messages: [] } } }],
  ['a message without id', thread([ours({ id: undefined })])],
  ['a message without sender', thread([ours({ from: undefined })])],
  ['a time that is none', thread([ours({ created_time: 'yesterday' })])],
])('%s is no reading', async (_case, answer) => {
  expect(await readAnswer(answer)).toEqual({ kind: 'not read' });
});

test('a server that does not answer, or is not there, is no reading', async () => {
  const silent = await rawServer(() => undefined);
  expect(await read(`http://127.0.0.1:${silent.port}/v25.0`)).toEqual({ kind: 'not read' });
  expect(await read('http://127.0.0.1:1/v25.0')).toEqual({ kind: 'not read' });
});

test('the request has no body, and names the person in no place but the query that Meta asks for', async () => {
  const server = await rawServer((socket) =>
    socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
  );
  await read(`http://127.0.0.1:${server.port}/v25.0`);
  const [line = '', ...rest] = server.received().split('\r\n');
  const url = new URL(line.split(' ')[1] ?? '', 'http://localhost');
  expect(line).toMatch(/^GET \/v25\.0\/17841400000000000\/conversations\?/);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    platform: 'instagram',
    user_id: person.value,
    fields: 'messages{id,created_time,from,message}',
  });
  expect(rest.join('\n')).not.toContain(person.value);
  expect(rest.join('\n')).toContain('Bearer token');
  expect(rest.join('\n')).not.toMatch(/content-length/i);
});
