import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createApp } from '../../../api/app.ts';
import { certificateRoutes } from '../../../api/privacy/certificate-routes.ts';
import { jwksRoutes } from '../../../api/privacy/jwks-routes.ts';
import { issueCertificate, verifyCertificate } from '../../../lib/crypto/certificate.ts';
import { signStatement } from '../../../lib/crypto/signed-statement.ts';
import {
  ensureSigningKeys,
  SIGNING_KEY_AGE_MS,
  SigningKeys,
} from '../../../lib/crypto/signing-keys.ts';
import { listen } from '../../../lib/http-server.ts';
import { createLog } from '../../../lib/log.ts';
import { exampleStatement } from '../../support/example-certificate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

interface Reading {
  isValid: boolean;
  reason?: string;
  says?: unknown;
}
const { readCertificate } = (await import(
  '../../../api/site/assets/read-certificate.js' as string
)) as {
  readCertificate(text: string, jwks: unknown): Promise<Reading>;
};

const file = join(temporaryFolder(), 'signing-keys.json');
await ensureSigningKeys(file, new Date());
const keys = SigningKeys.open(file);
const jws = await issueCertificate(keys, exampleStatement());
const [head = '', body = '', signature = ''] = jws.split('.');

const routers = [
  jwksRoutes({ keys }),
  certificateRoutes({
    site: { companyName: 'Example <Bakery>', contactEmail: 'privacy@example.com' },
    publicUrl: 'https://chat.example.com',
  }),
];
const server = await listen(
  createApp({ routers, log: createLog('test', { write: () => undefined }) }),
  {
    host: '127.0.0.1',
    port: 0,
  },
);
const url = (path: string) => `http://127.0.0.1:${server.port}${path}`;
afterAll(() => server.close());

test('the published keys have no private half, may be kept for minutes, and are read from any page', async () => {
  const response = await fetch(url('/.well-known/jwks.json'));
  expect(response.headers.get('content-type')).toContain('application/jwk-set+json');
  expect(response.headers.get('cache-control')).toBe('public, max-age=300');
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(await response.json()).toEqual({
    keys: keys
      .jwks()
      .keys.map(({ kid, x }) => ({ kty: 'OKP', crv: 'Ed25519', kid, x, alg: 'EdDSA', use: 'sig' })),
  });
});

test('a key that was replaced stays published beside the new one', async () => {
  const old = keys.current().kid;
  await keys.renew(new Date(Date.now() + SIGNING_KEY_AGE_MS));
  const { keys: published } = (await (await fetch(url('/.well-known/jwks.json'))).json()) as {
    keys: { kid: string }[];
  };
  expect(published.map(({ kid }) => kid)).toEqual([keys.current().kid, old]);
});

test('the page without JavaScript says how to check a certificate elsewhere', async () => {
  const text = await (await fetch(url('/privacy/certificate'))).text();
  expect(text).toContain('<noscript>');
  expect(text).toContain('npm run certificate:verify');
  expect(text).toContain('https://chat.example.com/.well-known/jwks.json');
  expect(text).toContain('Example &lt;Bakery&gt;');
  expect(text).not.toMatch(/<script(?! type="module" src=)|\son\w+=/i);
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
const says = decode(body);

/** What the browser's reader and the server's must agree on, whatever it is. */
const FORGED: [string, () => string | Promise<string>][] = [
  ['nothing', () => ''],
  ['a word', () => 'certificate'],
  ['one part less', () => `${head}.${body}`],
  ['one part more', () => `${jws}.${signature}`],
  ['no algorithm', () => `${encode({ ...decode(head), alg: 'none' })}.${body}.`],
  ['another algorithm', () => `${encode({ ...decode(head), alg: 'HS256' })}.${body}.${signature}`],
  [
    'a key of its own in the head',
    () => `${encode({ ...decode(head), jwk: keys.jwks().keys[0] })}.${body}.${signature}`,
  ],
  ['another type', () => `${encode({ ...decode(head), typ: 'JWT' })}.${body}.${signature}`],
  [
    'an unknown key',
    () => `${encode({ ...decode(head), kid: randomUUID() })}.${body}.${signature}`,
  ],
  ['another content', () => `${head}.${encode({ ...says, erased: [] })}.${signature}`],
  [
    'another signature',
    () => `${head}.${body}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
  ],
  [
    'another spelling of the signature',
    () => jws.slice(0, -1) + String.fromCharCode(jws.charCodeAt(jws.length - 1) + 1),
  ],
  ['a checkpoint', () => signStatement(keys.current(), 'mayfly-checkpoint+jwt', says)],
  [
    'a signed statement that says too little',
    () => signStatement(keys.current(), 'mayfly-certificate+jwt', { version: 1 }),
  ],
  [
    'a rescan that found something',
    () =>
      signStatement(keys.current(), 'mayfly-certificate+jwt', {
        ...says,
        rescan: { at: says['issued_at'], found: [{ store: 'messages', count: 1 }] },
      }),
  ],
];

test.each(FORGED)(
  "the page's reader takes %s for a certificate as little as the server's does",
  async (_, forge) => {
    const forged = await forge();
    expect(await verifyCertificate(forged, keys.jwks())).toMatchObject({ isValid: false });
    expect(await readCertificate(forged, keys.jwks())).toEqual({
      isValid: false,
      reason: expect.stringMatching(/\.$/),
    });
  },
);

test("the page's reader reads what the server's reads", async () => {
  const found = await verifyCertificate(jws, keys.jwks());
  expect(await readCertificate(` ${jws}\n`, keys.jwks())).toEqual({
    isValid: true,
    kid: decode(head)['kid'],
    says: found.isValid ? found.certificate : null,
  });
});

test.each([
  null,
  7,
  {},
  { keys: 7 },
  { keys: [null, 7] },
  { keys: [{ kid: decode(head)['kid'], kty: 'OKP', crv: 'Ed25519', x: 'AA' }] },
])(
  'a key set that is none (%#) makes a certificate not valid, and breaks nothing',
  async (jwks) => {
    expect(await readCertificate(jws, jwks)).toMatchObject({ isValid: false });
  },
);
