import { SignJWT } from 'jose';
import { createTokenVerifier } from '../../../lib/oidc/token-verifier.ts';
import { startFakeIssuer } from '../../fakes/oidc/fake-issuer.ts';

const issuer = await startFakeIssuer();
afterAll(() => issuer.close());
const verifier = (options: { issuer?: string; clientId?: string } = {}) =>
  createTokenVerifier({ issuer: issuer.url, clientId: 'mayfly', ...options });
const verify = verifier();
const now = () => Math.floor(Date.now() / 1000);

test('a genuine token tells who holds it and which of our roles they have', async () => {
  const token = await issuer.token({ sub: 'somebody', roles: ['privacy', 'gardener', 'auditor'] });
  expect(await verify(token)).toEqual({ subject: 'somebody', roles: ['privacy', 'auditor'] });
});

test.each<[string, unknown]>([
  ['no roles', undefined],
  ['roles that are no list', 'privacy'],
  ['roles that are no words', [1, null]],
])('a genuine token with %s is of somebody who may do nothing', async (_case, roles) => {
  expect(await verify(await issuer.token({ roles }))).toEqual({ subject: 'somebody', roles: [] });
});

test.each<[string, Record<string, unknown>]>([
  ['is for another client', { aud: 'another' }],
  ['is of another issuer', { iss: 'https://example.com' }],
  ['is over', { exp: now() - 60 }],
  ['never ends', { exp: undefined }],
  ['names nobody', { sub: undefined }],
  ['names somebody with an empty name', { sub: '' }],
  ['is not valid yet', { nbf: now() + 600 }],
  ['names a key that is not there', { kid: 'two' }],
])('a token that %s is none', async (_case, payload) => {
  expect(await verify(await issuer.token({ roles: ['privacy'], ...payload }))).toBeNull();
});

test("a token by a key that is not the issuer's is none", async () => {
  expect(await verify(await issuer.forgedToken({ roles: ['privacy'] }))).toBeNull();
});

test('a token that nobody signed, or that a shared secret signs, is none', async () => {
  const claims = {
    iss: issuer.url,
    aud: 'mayfly',
    sub: 'x',
    roles: ['privacy'],
    exp: now() + 60,
    iat: now(),
  };
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  expect(await verify(`${part({ alg: 'none', kid: 'one' })}.${part(claims)}.`)).toBeNull();
  const secret = new TextEncoder().encode('a secret of thirty-two bytes or so');
  const shared = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' });
  expect(await verify(await shared.sign(secret))).toBeNull();
});

test('what is no token at all is none', async () => {
  for (const text of ['', 'x', 'a.b.c', '..', `${'a'.repeat(5000)}.b.c`])
    expect(await verify(text)).toBeNull();
});

test('a token whose content was changed after it was signed is none', async () => {
  const [head = '', , signature = ''] = (await issuer.token({ roles: ['auditor'] })).split('.');
  const [, body = ''] = (await issuer.token({ roles: ['privacy'] })).split('.');
  expect(await verify(`${head}.${body}.${signature}`)).toBeNull();
});

test('an issuer that is away, or calls itself otherwise, is no answer but a failure, and is asked again', async () => {
  const token = await issuer.token({ roles: ['privacy'] });
  await expect(verifier({ issuer: 'http://127.0.0.1:9' })(token)).rejects.toThrow();
  const fresh = verifier();
  issuer.configuration['issuer'] = 'https://example.com';
  await expect(fresh(token)).rejects.toThrow('not what the issuer there calls itself');
  issuer.configuration['issuer'] = issuer.url;
  expect(await fresh(token)).not.toBeNull();
});

test('keys are not fetched over a line that others can read', async () => {
  const keys = issuer.configuration['jwks_uri'];
  issuer.configuration['jwks_uri'] = 'http://example.com/keys';
  await expect(verifier()(await issuer.token())).rejects.toThrow('no usable jwks_uri');
  issuer.configuration['jwks_uri'] = keys;
});

test('many tokens cost one look at the configuration and one at the keys', async () => {
  const many = verifier();
  const before = issuer.asked();
  const token = await issuer.token({ roles: ['privacy'] });
  await Promise.all(Array.from({ length: 20 }, () => many(token)));
  expect(issuer.asked() - before).toBe(2);
});
