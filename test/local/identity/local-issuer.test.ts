import { statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { createApp } from '../../../api/app.ts';
import { openIdentityKey } from '../../../local/identity/identity-key.ts';
import { openLocalIssuer } from '../../../local/identity/open-local-issuer.ts';
import type { StandIn } from '../../../lib/config.ts';
import { listen } from '../../../lib/http-server.ts';
import { createLog } from '../../../lib/log.ts';
import { createTokenVerifier } from '../../../lib/oidc/token-verifier.ts';
import { tryPort } from '../../../local/free-port.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const dataDir = temporaryFolder();
await mkdir(join(dataDir, 'keys'));
const found = await tryPort(0);
const port = 'port' in found ? found.port : 0;
const issuer = `http://127.0.0.1:${port}/stand-in/identity`;
const settings = {
  STAND_INS: ['meta', 'staff'] as StandIn[],
  DATA_DIR: dataDir,
  OIDC_ISSUER: issuer,
  OIDC_CLIENT_ID: 'mayfly',
  PUBLIC_URL: `http://127.0.0.1:${port}`,
};
const router = openLocalIssuer(settings);
const log = createLog('test', { write: () => undefined });
const server = await listen(createApp({ routers: router === null ? [] : [router], log }), {
  host: '127.0.0.1',
  port,
});
afterAll(() => server.close());
const verify = createTokenVerifier({ issuer, clientId: 'mayfly' });

const signIn = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${issuer}/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** Fetch sets `Host` by itself; this does not. */
function statusWithHeaders(headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', path: '/stand-in/identity/jwks.json', headers };
    httpRequest(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

test('whoever sits at the machine gets a token with one role, which the door takes', async () => {
  const response = await signIn({ name: 'first', role: 'privacy' });
  expect(response.status).toBe(200);
  const { access_token: token, ...rest } = (await response.json()) as Record<string, unknown>;
  expect(rest).toEqual({ token_type: 'Bearer', expires_in: 3600 });
  expect(await verify(String(token))).toEqual({ subject: 'first', roles: ['privacy'] });
});

test('a form works as well, as curl sends it', async () => {
  const body = new URLSearchParams({ name: 'second', role: 'auditor' });
  const response = await fetch(`${issuer}/token`, { method: 'POST', body });
  const { access_token: token } = (await response.json()) as Record<string, unknown>;
  expect(await verify(String(token))).toEqual({ subject: 'second', roles: ['auditor'] });
});

test.each([
  [{}, 'name'],
  [{ name: ' ', role: 'privacy' }, 'name'],
  [{ name: 'first', role: 'owner' }, 'role'],
])('a sign-in with %j is not understood', async (body, field) => {
  const response = await signIn(body);
  expect(response.status).toBe(422);
  const { errors } = (await response.json()) as { errors: { field: string }[] };
  expect(errors.map((error) => error.field)).toContain(field);
});

test.each<[string, Record<string, string>]>([
  ['addressed elsewhere', { host: 'chat.example.com' }],
  ['addressed to a name that only looks local', { host: '127.0.0.1.example.com' }],
  ['passed on by a proxy', { 'x-forwarded-for': '203.0.113.7' }],
  ['passed on by a proxy that says it in the new way', { forwarded: 'for=203.0.113.7' }],
])('what is %s is refused', async (_case, headers) => {
  expect(await statusWithHeaders(headers)).toBe(403);
  expect(await statusWithHeaders({})).toBe(200);
});

test('no page of a browser gets a token', async () => {
  for (const headers of [{ origin: 'https://example.com' }, { 'sec-fetch-site': 'same-origin' }])
    expect((await signIn({ name: 'first', role: 'privacy' }, headers)).status).toBe(403);
});

test('the key is kept over a restart, for its owner alone, and no other copy is left', () => {
  const file = join(dataDir, 'keys', 'identity-key.json');
  expect(openIdentityKey(file).jwk).toEqual(openIdentityKey(file).jwk);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each<[string, Partial<typeof settings>]>([
  ['npm start does not stand in for it', { STAND_INS: ['meta'] }],
  ['the public address is elsewhere', { PUBLIC_URL: 'https://chat.example.com' }],
  ['the issuer is elsewhere', { OIDC_ISSUER: 'https://login.example.com' }],
])('there is no local identity provider where %s', (_case, changed) => {
  expect(openLocalIssuer({ ...settings, ...changed })).toBeNull();
});
