import { createPayloadCodec } from '../../../lib/temporal/payload-codec.ts';
import { createInstallation } from '../../support/installation.ts';
import { staffIssuer } from '../../support/staff-desk.ts';

const UI = 'https://temporal.example.com';
const identity = await staffIssuer();
const mayfly = await createInstallation({ ...identity.settings, TEMPORAL_UI_URL: UI });
const codec = createPayloadCodec(mayfly.ring.secret('payload codec'));

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
const plain = { metadata: { encoding: base64('json/plain') }, data: base64('"a summary"') };

async function sealed() {
  const payload = {
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from('"a summary"'),
  };
  const [one] = await codec.encode([payload]);
  return {
    metadata: { encoding: base64(one?.metadata?.['encoding'] ?? '') },
    data: base64(one?.data ?? ''),
  };
}

async function ask(
  work: string,
  body: unknown,
  headers: Record<string, string> = {},
  method = 'POST',
) {
  const response = await fetch(mayfly.url(`/codec/${work}?preserveStorageRefs=true`), {
    method,
    headers: { 'content-type': 'application/json', 'x-namespace': 'privacy', ...headers },
    ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  return {
    response,
    status: response.status,
    body: text === '' ? null : (JSON.parse(text) as unknown),
  };
}

const bearer = async (role: string) => ({
  authorization: `Bearer ${await identity.issuer.token({ roles: [role] })}`,
});
const reads = async () =>
  (
    await mayfly.db
      .selectFrom('mayfly.ledger')
      .select(['actor', 'details'])
      .where('action', '=', 'data read')
      .execute()
  ).filter(({ details }) => details['what'] === 'payload');

test("what Temporal stores is opened for staff, from Temporal's UI, and each opening is in the ledger under a pseudonym", async () => {
  const before = (await reads()).length;
  const headers = { ...(await bearer('auditor')), origin: UI };
  const { response, body } = await ask('decode', { payloads: [await sealed(), plain] }, headers);
  expect(body).toEqual({ payloads: [plain, plain] });
  expect(response.headers.get('access-control-allow-origin')).toBe(UI);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const entries = await reads();
  expect(entries).toHaveLength(before + 1);
  expect(entries.at(-1)?.actor).toMatch(/^[0-9a-f]{32}$/);
});

test('who reads thirty payloads of one page is in the ledger once an hour, and another reader once more', async () => {
  const before = (await reads()).length;
  const [auditor, another] = await Promise.all([
    bearer('auditor'),
    identity.issuer.token({ sub: 'another reader', roles: ['auditor'] }),
  ]);
  const payloads = [await sealed()];
  for (let page = 0; page < 3; page += 1) await ask('decode', { payloads }, auditor);
  expect((await reads()).length - before).toBeLessThanOrEqual(1);
  const since = (await reads()).length;
  await ask('decode', { payloads }, { authorization: `Bearer ${another}` });
  expect(await reads()).toHaveLength(since + 1);
});

test("a query without arguments, as Temporal's command line asks, is sealed as nothing", async () => {
  expect(await ask('encode', {}, await bearer('privacy'))).toMatchObject({
    status: 200,
    body: { payloads: [] },
  });
});

test('what staff type into the UI is sealed as the programs seal it', async () => {
  const { body } = await ask('encode', { payloads: [plain] }, await bearer('operator'));
  const { payloads } = body as { payloads: unknown[] };
  expect(JSON.stringify(payloads)).not.toContain(plain.data);
  expect((await ask('decode', { payloads }, await bearer('operator'))).body).toEqual({
    payloads: [plain],
  });
});

test("an access token that is for the provider alone opens nothing, and the ID token that Temporal's UI sends beside it does", async () => {
  const payloads = [await sealed()];
  const forOthers = await identity.issuer.token({ roles: ['auditor'], aud: 'another client' });
  const authorization = `Bearer ${forOthers}`;
  expect((await ask('decode', { payloads }, { authorization })).status).toBe(401);
  const idToken = await identity.issuer.token({ roles: ['auditor'] });
  for (const extras of [idToken, `Bearer ${idToken}`]) {
    const headers = { authorization, 'authorization-extras': extras };
    expect(await ask('decode', { payloads }, headers)).toMatchObject({
      status: 200,
      body: { payloads: [plain] },
    });
  }
  const forged = {
    'authorization-extras': await identity.issuer.forgedToken({ roles: ['auditor'] }),
  };
  expect((await ask('decode', { payloads }, forged)).status).toBe(401);
});

test('without a token, with a role that is none, and from a page of another origin nothing is opened', async () => {
  const before = (await reads()).length;
  const payloads = [await sealed()];
  expect((await ask('decode', { payloads })).status).toBe(401);
  expect((await ask('decode', { payloads }, await bearer('gardener'))).status).toBe(403);
  for (const origin of ['https://example.com', 'null', 'http://temporal.example.com']) {
    const headers = { ...(await bearer('privacy')), origin };
    const { response, status } = await ask('decode', { payloads }, headers);
    expect(status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect((await ask('decode', null, headers, 'OPTIONS')).status).toBe(403);
  }
  expect(await reads()).toHaveLength(before);
});

test("a browser may ask before it asks, from the UI's own pages", async () => {
  const { response, status } = await ask('decode', null, { origin: UI }, 'OPTIONS');
  expect(status).toBe(204);
  expect(response.headers.get('access-control-allow-headers')).toContain('x-namespace');
});

test.each([
  ['a list in place of the object', [plain]],
  ['a text', 'payloads'],
  ['payloads that are none', { payloads: [{ metadata: 7 }] }],
  ['data that is not base64', { payloads: [{ ...plain, data: '***' }] }],
  [
    'something that another installation sealed',
    {
      payloads: [
        {
          metadata: { encoding: base64('binary/mayfly-sealed') },
          data: base64(Buffer.alloc(60, 1)),
        },
      ],
    },
  ],
])('%s is 400, and no failure of ours', async (_what, body) => {
  expect((await ask('decode', body, await bearer('privacy'))).status).toBe(400);
});
