import { execFile } from 'node:child_process';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';

import { createGraphClient } from '../../../lib/meta/graph-client.ts';
import { startFakeMeta } from '../../fakes/meta/fake-meta.ts';
import type { FakeMeta } from '../../fakes/meta/fake-meta.ts';
import { selfSigned } from '../../fakes/meta/self-signed.ts';
import { NOT_SENT, REQUESTS } from './graph-setup.ts';

const REQUEST = REQUESTS.whatsapp;
const tls = selfSigned();
const trusted = getCACertificates('default');
let meta: FakeMeta;

beforeEach(async () => {
  meta = await startFakeMeta({ tls });
});

afterEach(async () => {
  setDefaultCACertificates(trusted);
  await meta.close();
});

function optionsFor(url: string) {
  return {
    graphUrls: { instagram: url, whatsapp: url },
    accessTokens: { instagram: 'token', whatsapp: 'token' },
    timeoutMs: 5000,
  };
}

test('over TLS that is trusted, texts are accepted, and the connection is used again', async () => {
  setDefaultCACertificates([...trusted, tls.cert]);
  const client = createGraphClient(optionsFor(meta.url));
  for (let count = 0; count < 3; count += 1) {
    expect(await client.sendText(REQUEST)).toMatchObject({ kind: 'accepted' });
  }
  expect(meta.sent).toHaveLength(3);
  expect(meta.connections()).toBe(1);
  client.close();
});

test('over TLS too, a connection that drops after the request is ambiguous', async () => {
  setDefaultCACertificates([...trusted, tls.cert]);
  const client = createGraphClient(optionsFor(meta.url));
  meta.plan('execute then drop');
  expect(await client.sendText(REQUEST)).toEqual({
    kind: 'ambiguous',
    reason: 'no answer',
    code: null,
  });
  client.close();
});

test('nothing is sent to a server whose certificate is not trusted', async () => {
  const client = createGraphClient(optionsFor(meta.url));
  expect(await client.sendText(REQUEST)).toEqual(NOT_SENT);
  expect(meta.sent).toEqual([]);
  client.close();
});

test('nothing is sent to a server whose certificate is for another name', async () => {
  setDefaultCACertificates([...trusted, tls.cert]);
  const client = createGraphClient(optionsFor(meta.url.replace('127.0.0.1', 'localhost')));
  expect(await client.sendText(REQUEST)).toEqual(NOT_SENT);
  expect(meta.sent).toEqual([]);
  client.close();
});

test('no variable of the environment makes it trust one', async () => {
  const module = new URL('../../../lib/meta/graph-client.ts', import.meta.url);
  const script = `
    const { createGraphClient } = await import(${JSON.stringify(module.href)});
    const client = createGraphClient(${JSON.stringify(optionsFor(meta.url))});
    console.log(JSON.stringify(await client.sendText(${JSON.stringify(REQUEST)})));
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    {
      env: { ...process.env, NODE_OPTIONS: '', NODE_TLS_REJECT_UNAUTHORIZED: '0' },
    },
  );
  expect(JSON.parse(stdout)).toEqual(NOT_SENT);
  expect(meta.sent).toEqual([]);
});
