import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { CERTIFICATE_LIMITS } from '../../../domain/certificate.ts';
import { issueCertificate, verifyCertificate } from '../../../lib/crypto/certificate.ts';
import { jwkSet } from '../../../lib/crypto/jwk-set.ts';
import { signStatement } from '../../../lib/crypto/signed-statement.ts';
import {
  ensureSigningKeys,
  SIGNING_KEY_AGE_MS,
  SigningKeys,
} from '../../../lib/crypto/signing-keys.ts';
import { exampleStatement } from '../../support/example-certificate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();

async function newKeys(): Promise<SigningKeys> {
  const file = join(folder, randomUUID(), 'signing-keys.json');
  await ensureSigningKeys(file, new Date());
  return SigningKeys.open(file);
}

const keys = await newKeys();
const jws = await issueCertificate(keys, exampleStatement());
const [head = '', body = '', signature = ''] = jws.split('.');

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string) =>
  JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>;
const reasonOf = async (forged: string, given = keys) => {
  const finding = await verifyCertificate(forged, given.jwks());
  return finding.isValid ? null : finding.reason;
};

test('a certificate says what was done, by which key, and what it does not cover', async () => {
  const finding = await verifyCertificate(`${jws}\n`, keys.jwks());
  expect(finding).toEqual({
    isValid: true,
    kid: keys.current().kid,
    certificate: { version: 1, ...exampleStatement(), limits: CERTIFICATE_LIMITS },
  });
});

test('its head names the algorithm, the key and what it is, and nothing else', () => {
  expect(decode(head)).toEqual({
    alg: 'EdDSA',
    kid: keys.current().kid,
    typ: 'mayfly-certificate+jwt',
  });
});

const CHANGED: [string, (payload: ReturnType<typeof exampleStatement>) => unknown][] = [
  ['its id', (one) => ({ ...one, certificate_id: randomUUID() })],
  ['who issued it', (one) => ({ ...one, issuer: { ...one.issuer, company: 'Another Bakery' } })],
  ['when', (one) => ({ ...one, issued_at: '2026-11-25T00:00:00Z' })],
  ['the request', (one) => ({ ...one, request: { ...one.request, id: randomUUID() } })],
  [
    'the due time',
    (one) => ({ ...one, request: { ...one.request, due_at: '2027-01-01T00:00:00Z' } }),
  ],
  ['a count', (one) => ({ ...one, erased: [{ store: 'messages', count: 1 }] })],
  ['a store', (one) => ({ ...one, erased: one.erased.slice(1) })],
  [
    'the destruction of the key',
    (one) => ({ ...one, keys_destroyed: { ...one.keys_destroyed, buckets: 99 } }),
  ],
  ['the rescan', (one) => ({ ...one, rescan: { ...one.rescan, at: '2026-11-24T23:00:00Z' } })],
  ['what still expires', (one) => ({ ...one, expiring_elsewhere: [] })],
  ['the place in the ledger', (one) => ({ ...one, ledger: { ...one.ledger, position: 1 } })],
  ['its limits', (one) => ({ ...one, limits: ['none'] })],
];

test.each(CHANGED)(
  'a certificate in which somebody changed %s does not hold',
  async (_, change) => {
    const forged = encode(change(decode(body) as ReturnType<typeof exampleStatement>));
    expect(forged).not.toBe(body);
    expect(await reasonOf(`${head}.${forged}.${signature}`)).toMatch(
      /^its signature does not hold/,
    );
  },
);

test('no single character of a certificate can be changed', async () => {
  for (let place = 0; place < jws.length; place += place < 200 ? 1 : 7) {
    const other = jws[place] === 'A' ? 'B' : 'A';
    expect([place, await reasonOf(jws.slice(0, place) + other + jws.slice(place + 1))]).toEqual([
      place,
      expect.any(String),
    ]);
  }
  // Four bits of the last character are no part of the signature.
  for (const last of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_') {
    if (jws.endsWith(last)) continue;
    expect([last, await reasonOf(jws.slice(0, -1) + last)]).toEqual([last, expect.any(String)]);
  }
});

test.each([
  ['', 'it is no signed statement'],
  ['a.b', 'it is no signed statement'],
  ['a.b.c.d', 'it is no signed statement'],
  [`${head}.${body}`, 'it is no signed statement'],
  [
    `${encode({ alg: 'none', kid: 'x', typ: 'mayfly-certificate+jwt' })}.${body}.`,
    'it is no signed statement',
  ],
  [
    `${encode({ alg: 'HS256', kid: 'x', typ: 'mayfly-certificate+jwt' })}.${body}.${signature}`,
    'it is no signed statement',
  ],
  [`${encode({ ...decode(head), jwk: {} })}.${body}.${signature}`, 'it is no signed statement'],
  [
    `${encode({ ...decode(head), typ: 'JWT' })}.${body}.${signature}`,
    'it is a statement of another kind',
  ],
  [
    `${encode({ ...decode(head), kid: 'other' })}.${body}.${signature}`,
    'it is signed by a key that is not among those given',
  ],
])('what is no certificate of ours is named for what it is (%#)', async (forged, reason) => {
  expect(await reasonOf(forged)).toBe(reason);
});

test('the same key id over another key does not hold', async () => {
  const stranger = await newKeys();
  const posing = { keys: [{ ...stranger.jwks().keys[0]!, kid: keys.current().kid }] };
  expect(await verifyCertificate(jws, posing)).toMatchObject({ isValid: false });
});

test('a key that is none makes a certificate not hold, and breaks nothing', async () => {
  const broken = { keys: [{ ...keys.jwks().keys[0]!, x: '_'.repeat(43) }] };
  expect(await verifyCertificate(jws, broken)).toMatchObject({ isValid: false });
});

test('a checkpoint of the ledger is not taken for a certificate, nor something else that we signed', async () => {
  const checkpoint = await signStatement(keys.current(), 'mayfly-checkpoint+jwt', decode(body));
  expect(await reasonOf(checkpoint)).toBe('it is a statement of another kind');
  const empty = await signStatement(keys.current(), 'mayfly-certificate+jwt', { version: 1 });
  expect(await reasonOf(empty)).toMatch(/^it is signed, but does not say what a certificate must/);
});

test('a certificate of a replaced key holds for ever', async () => {
  const renewed = await newKeys();
  const old = await issueCertificate(renewed, exampleStatement());
  for (let year = 1; year <= 3; year += 1) {
    expect(await renewed.renew(new Date(Date.now() + year * 4 * SIGNING_KEY_AGE_MS))).toBe(
      'replaced',
    );
  }
  expect(await verifyCertificate(old, renewed.jwks())).toMatchObject({ isValid: true });
});

test('a published set with keys of other kinds in it is read all the same', () => {
  const published = {
    keys: [{ kty: 'RSA', n: 'x', e: 'AQAB' }, { ...keys.jwks().keys[0], use: 'sig' }, 7],
  };
  expect(jwkSet.parse(published)).toEqual(keys.jwks());
});

const UNTRUE: [string, object][] = [
  [
    'a rescan that found something',
    { rescan: { at: '2026-11-24T12:00:00Z', found: [{ store: 'messages', count: 1 }] } },
  ],
  ['a rescan of nothing', { rescan: { at: '2026-11-24T12:00:00Z', found: [] } }],
  [
    'a store with a number in its name',
    { erased: [{ store: 'messages of 15550102468', count: 1 }] },
  ],
  [
    'a place that is no fixed word',
    { expiring_elsewhere: [{ where: 'the phone of a person', until: '2026-12-24T12:00:00Z' }] },
  ],
  ['anything besides', { note: 'text' }],
];

test.each(UNTRUE)('a certificate about %s is not issued', async (_, change) => {
  await expect(issueCertificate(keys, { ...exampleStatement(), ...change })).rejects.toThrow(
    'a certificate cannot say this',
  );
});
