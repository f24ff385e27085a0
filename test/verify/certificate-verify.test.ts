import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { issueCertificate } from '../../lib/crypto/certificate.ts';
import { ensureSigningKeys, SigningKeys } from '../../lib/crypto/signing-keys.ts';
import { exampleStatement } from '../support/example-certificate.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runProgram } from './run-program.ts';

const folder = temporaryFolder();
const keyFile = join(folder, 'keys', 'signing-keys.json');
await ensureSigningKeys(keyFile, new Date());
const keys = SigningKeys.open(keyFile);
const file = join(folder, 'certificate.jws');
writeFileSync(file, `${await issueCertificate(keys, exampleStatement())}\n`);
const jwks = join(folder, 'jwks.json');
writeFileSync(jwks, JSON.stringify(keys.jwks()));

const verify = (args: string[], environment: Record<string, string> = {}) =>
  runProgram('certificate-verify.ts', args, { DATA_DIR: join(folder, 'nothing'), ...environment });

const GOOD =
  /^The certificate holds: signed by Example Bakery .*\n {2}request 7c9f3a52-.*\n {2}43 records erased from 3 stores/;

test("a certificate holds by the installation's own keys, wherever they are told to be", async () => {
  for (const environment of [{ SIGNING_KEY_FILE: keyFile }, { DATA_DIR: folder }]) {
    const { code, output } = await verify([file], environment);
    expect(output).toMatch(GOOD);
    expect(code).toBe(0);
  }
});

test('a certificate holds by the published keys, from a file or from their address', async () => {
  expect(await verify([file, '--jwks', jwks])).toMatchObject({
    code: 0,
    output: expect.stringMatching(GOOD),
  });
  const server = createServer((_request, response) => response.end(readFileSync(jwks))).listen(
    0,
    '127.0.0.1',
  );
  await new Promise((resolve) => server.once('listening', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/.well-known/jwks.json`;
  expect(await verify([file, '--jwks', address])).toMatchObject({
    code: 0,
    output: expect.stringMatching(GOOD),
  });
  server.close();
});

test('a certificate that was changed ends with 1 and the reason', async () => {
  const changed = join(folder, 'changed.jws');
  const [head, body = '', signature] = readFileSync(file, 'utf8').split('.');
  writeFileSync(
    changed,
    `${head}.${body.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))}.${signature}`,
  );
  expect(await verify([changed, '--jwks', jwks])).toEqual({
    code: 1,
    output: expect.stringMatching(
      /^The certificate does not hold: it(s signature does not hold| is no signed statement)/,
    ),
  });
});

test('what cannot be checked ends with 1 and says what is needed', async () => {
  const cases: [string[], RegExp][] = [
    [[], /^Not checked: give the file of one certificate$/],
    [[join(folder, 'absent')], /^Not checked: the file of the certificate is not there$/],
    [[file], /^Not checked: there are no keys to check with/],
    [[file, '--jwks', file], /^Not checked: what --jwks names is no set of keys/],
    [
      [file, '--jwks', 'http://127.0.0.1:1/'],
      /^Not checked: the address that --jwks names does not answer/,
    ],
  ];
  for (const [args, expected] of cases) {
    const { code, output } = await verify(args);
    expect(output).toMatch(expected);
    expect(code).toBe(1);
  }
});
