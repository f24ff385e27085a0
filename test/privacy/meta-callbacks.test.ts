import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import { deletionRequest, signedRequest } from '../support/signed-request.ts';

const FOLDER = join(import.meta.dirname, '..', 'payloads', 'signed_request');

interface Vector {
  name: string;
  secret: string;
  signed_request: string;
  expected: string;
}

const vectors = readdirSync(FOLDER).map(
  (name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Vector,
);
const SECRET = 'meta-app-secret';
const HOUR_MS = 3_600_000;

const mayfly = await createInstallation({
  LLM_RETENTION_DAYS: '0',
  META_APP_SECRETS: [SECRET, ...new Set(vectors.map(({ secret }) => secret))].join(','),
});
const desk = privacyDesk(mayfly);
const deletion = (signed: string) =>
  desk.postForm('/meta/data-deletion', { signed_request: signed });

async function accepted(signed: string): Promise<string> {
  const response = await deletion(signed);
  expect(response.status).toBe(200);
  const { url, confirmation_code: code } = (await response.json()) as {
    url: string;
    confirmation_code: string;
  };
  expect(code).toMatch(/^[0-9A-Za-z]+$/);
  expect(url).toBe(`http://127.0.0.1:3000/privacy/requests/${code}`);
  return code;
}

let people = 0;

/** A person with an id of their own, who writes on Instagram. */
function somebody(from = `1784200000000${String((people += 1)).padStart(4, '0')}`) {
  const write = (text: string, timestamp = new Date()) =>
    mayfly.post(
      'instagram',
      mayfly.webhooks.instagramTextWebhook({ from, account: ACCOUNTS.instagram, text, timestamp }),
    );
  const heard = () => mayfly.meta.sent.filter(({ to }) => to === from).map(({ text }) => text);
  const hears = (text: string) => eventually(() => expect(heard().at(-1)).toContain(text));
  return { from, write, hears };
}

const subjects = async () =>
  (await mayfly.db.selectFrom('mayfly.subjects').select('id').execute()).map(({ id }) => id);
const requests = async () =>
  (await mayfly.db.selectFrom('mayfly.requests').select('id').execute()).length;

/** Who is there now and was not before. */
async function newcomer(work: () => Promise<unknown>): Promise<string> {
  const before = await subjects();
  await work();
  const [id] = (await subjects()).filter((one) => !before.includes(one));
  return id ?? '';
}

test.each(vectors.map((vector) => [vector.name, vector] as const))(
  'the vector %s is answered as documented',
  async (_name, { signed_request: signed, expected }) => {
    const isGenuine = expected.startsWith('accept');
    const hasUser = isGenuine && !expected.includes('no_user_id');
    expect((await deletion(signed)).status).toBe(hasUser ? 200 : 400);
    const removed = await desk.postForm('/meta/deauthorize', { signed_request: signed });
    expect(removed.status).toBe(isGenuine ? 200 : 400);
  },
);

test('whoever chatted before Meta issued the request is erased, with a page and a certificate', async () => {
  const me = somebody();
  const id = await newcomer(() => me.write('hello'));
  await me.hears('hello');
  const code = await accepted(deletionRequest(me.from, new Date(), SECRET));
  const { steps } = await desk.untilEnded(code, 'finished');
  expect(steps.map(({ name }) => name)).toEqual(['received', 'working', 'erased here', 'finished']);
  expect(await subjects()).not.toContain(id);
  expect((await fetch(mayfly.url(`/privacy/requests/${code}/certificate`))).status).toBe(200);
});

test('the same request again, even many times at once, has the same code and is worked once', async () => {
  const me = somebody();
  await me.write('hello');
  await me.hears('hello');
  const before = await requests();
  const signed = deletionRequest(me.from, new Date(), SECRET);
  const codes = await Promise.all(Array.from({ length: 8 }, () => accepted(signed)));
  expect(new Set(codes).size).toBe(1);
  await desk.untilEnded(codes[0] ?? '', 'finished');
  await me.write('back again');
  await me.hears('back again');
  expect(await accepted(signed)).toBe(codes[0]);
  expect(await requests()).toBe(before + 1);
  await me.write('still here');
  await me.hears('still here');
});

test('a request without a time has one code as well, however often it comes', async () => {
  const signed = signedRequest('{"algorithm":"HMAC-SHA256","user_id":"17842999999999999"}', SECRET);
  expect(await accepted(signed)).toBe(await accepted(signed));
});

test('an id that we do not know has a page, which says that nothing was found', async () => {
  const code = await accepted(deletionRequest('17842999999999998', new Date(), SECRET));
  const { steps, reason } = await desk.untilEnded(code, 'nothing found');
  expect(steps.map(({ name }) => name)).toEqual(['received', 'nothing found']);
  expect(reason).toBeNull();
  expect(await desk.page(code)).toContain('Nothing found');
});

test('whoever wrote after Meta issued the request is left alone, and the page gives the reason', async () => {
  const me = somebody();
  const id = await newcomer(() => me.write('I am back'));
  await me.hears('I am back');
  const code = await accepted(deletionRequest(me.from, new Date(Date.now() - HOUR_MS), SECRET));
  const { reason } = await desk.untilEnded(code, 'refused');
  expect(reason).toBe('a message came after this was asked for');
  expect(await subjects()).toContain(id);
  expect(await desk.page(code)).toContain('a message came after this was asked for');
});

test('a message that comes before a worker looks at the request is of a new person, and is answered', async () => {
  const me = somebody();
  const old = await newcomer(() => me.write('an old word'));
  await me.hears('an old word');
  await mayfly.stopWorker();
  const code = await accepted(deletionRequest(me.from, new Date(), SECRET));
  expect((await desk.status(code)).state).toBe('working');
  expect((await desk.withdraw(code)).status).toBe(409);
  const next = await newcomer(() => me.write('a new word', new Date(Date.now() + 1_000)));
  await mayfly.startWorker();
  await desk.untilEnded(code, 'finished');
  await me.hears('a new word');
  expect(await subjects()).not.toContain(old);
  expect(await subjects()).toContain(next);
});

test('of webhooks that come late, the one from before Meta issued the request brings nobody back', async () => {
  const me = somebody();
  const issuedAt = new Date(Date.now() - HOUR_MS);
  await me.write('long ago', new Date(issuedAt.getTime() - HOUR_MS));
  await me.hears('long ago');
  const code = await accepted(deletionRequest(me.from, issuedAt, SECRET));
  await desk.untilEnded(code, 'finished');
  const before = await subjects();
  await me.write('long ago as well', new Date(issuedAt.getTime() - HOUR_MS / 2));
  expect(await subjects()).toEqual(before);
  await me.write('not so long ago', new Date(issuedAt.getTime() + HOUR_MS / 2));
  await me.hears('not so long ago');
});

test('an id that is a number beyond 2^53 means exactly one person', async () => {
  const [me, neighbour] = [somebody('17841400000000000123'), somebody('17841400000000000124')];
  const mine = await newcomer(() => me.write('hello'));
  const theirs = await newcomer(() => neighbour.write('hello'));
  await me.hears('hello');
  await neighbour.hears('hello');
  const seconds = Math.floor(Date.now() / 1000);
  const payload = `{"algorithm":"HMAC-SHA256","user_id":17841400000000000123,"issued_at":${seconds}}`;
  await desk.untilEnded(await accepted(signedRequest(payload, SECRET)), 'finished');
  expect(await subjects()).not.toContain(mine);
  expect(await subjects()).toContain(theirs);
});

test('the clock runs from the time that Meta names, unless its 72 hours were over on receipt', async () => {
  const issuedAt = new Date((Math.floor(Date.now() / 1000) - 10 * 3600) * 1000);
  const ours = await desk.status(
    await accepted(deletionRequest('17842999999999001', issuedAt, SECRET)),
  );
  expect(new Date(ours.due_at).getTime()).toBe(issuedAt.getTime() + 72 * HOUR_MS);
  const receipt = Date.now();
  const late = await desk.status(
    await accepted(deletionRequest('17842999999999002', new Date(receipt - 500 * HOUR_MS), SECRET)),
  );
  expect(new Date(late.due_at).getTime()).toBeGreaterThanOrEqual(receipt + 72 * HOUR_MS);
  const early = await desk.status(
    await accepted(deletionRequest('17842999999999003', new Date(receipt + 500 * HOUR_MS), SECRET)),
  );
  expect(new Date(early.received_at).getTime()).toBeLessThanOrEqual(Date.now());
});

test('what is not genuine is refused with a problem document, and stores nothing', async () => {
  const before = await requests();
  const signed = deletionRequest('17842999999999004', new Date(), SECRET);
  const refused = await Promise.all([
    deletion(deletionRequest('17842999999999004', new Date(), 'another-secret')),
    deletion(`${signed}.x`),
    deletion(`.${signed}`),
    deletion(''),
    deletion(signed.replace('.', '')),
    desk.postForm('/meta/data-deletion', {}),
    desk.postForm('/meta/data-deletion', { 'signed_request[]': signed }),
    desk.postJson('/meta/data-deletion', { signed_request: signed }),
    desk.postJson('/meta/deauthorize', { signed_request: signed }),
    fetch(mayfly.url('/meta/data-deletion'), { method: 'POST' }),
    fetch(mayfly.url('/meta/data-deletion'), {
      method: 'POST',
      body: new URLSearchParams([
        ['signed_request', signed],
        ['signed_request', signed],
      ]),
    }),
  ]);
  for (const response of refused) {
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
  }
  expect(await requests()).toBe(before);
});

test('P-M1: the removal of the app is answered with a page that gives the reason, erases nobody, and takes no deletion for its repeat', async () => {
  const me = somebody();
  const id = await newcomer(() => me.write('hello'));
  await me.hears('hello');
  const signed = deletionRequest(me.from, new Date(), SECRET);
  const removed = async () => {
    const response = await desk.postForm('/meta/deauthorize', { signed_request: signed });
    expect(response.status).toBe(200);
    const { url, confirmation_code: code } = (await response.json()) as {
      url: string;
      confirmation_code: string;
    };
    expect(url).toBe(`http://127.0.0.1:3000/privacy/requests/${code}`);
    return code;
  };
  const code = await removed();
  const before = await requests();
  expect(await removed()).toBe(code);
  expect(await requests()).toBe(before);
  const { reason } = await desk.untilEnded(code, 'refused');
  expect(reason).toBe('the app was removed, which alone deletes nothing');
  expect(await subjects()).toContain(id);

  const deletionCode = await accepted(signed);
  expect(deletionCode).not.toBe(code);
  await desk.untilEnded(deletionCode, 'finished');
  expect(await subjects()).not.toContain(id);
});
