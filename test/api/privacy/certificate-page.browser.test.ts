import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { createApp } from '../../../api/app.ts';
import { certificateRoutes } from '../../../api/privacy/certificate-routes.ts';
import { jwksRoutes } from '../../../api/privacy/jwks-routes.ts';
import { siteAssets } from '../../../api/site/site-assets.ts';
import { CERTIFICATE_LIMITS } from '../../../domain/certificate.ts';
import { issueCertificate } from '../../../lib/crypto/certificate.ts';
import {
  ensureSigningKeys,
  SIGNING_KEY_AGE_MS,
  SigningKeys,
} from '../../../lib/crypto/signing-keys.ts';
import { listen } from '../../../lib/http-server.ts';
import type { RunningServer } from '../../../lib/http-server.ts';
import { createLog } from '../../../lib/log.ts';
import { accessibilityViolations, launchBrowser } from '../../support/browser.ts';
import { exampleStatement } from '../../support/example-certificate.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const folder = temporaryFolder();
const site = { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' };
const WIDE = { viewport: { width: 1280, height: 900 } };
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true };

let browser: Browser;
let server: RunningServer;
let page: Page;
let keys: SigningKeys;
let complaints: string[];
let requested: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  const file = join(folder, `${Math.random()}.json`);
  await ensureSigningKeys(file, new Date());
  keys = SigningKeys.open(file);
  const routers = [
    siteAssets(),
    jwksRoutes({ keys }),
    certificateRoutes({ site, publicUrl: 'https://chat.example.com' }),
  ];
  const app = createApp({ routers, log: createLog('test', { write: () => undefined }) });
  server = await listen(app, { host: '127.0.0.1', port: 0 });
  complaints = [];
  requested = [];
});
afterEach(async () => {
  await page.context().close();
  await server.close();
  // Inline code, a missing file or an error of the script would all be told here.
  expect(complaints).toEqual([]);
});

async function open(options: BrowserContextOptions = WIDE, hash = ''): Promise<void> {
  const context = await browser.newContext(options);
  page = await context.newPage();
  page.setDefaultTimeout(45_000);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) =>
    requested.push(
      `${request.method()} ${new URL(request.url()).pathname} ${request.postData() ?? ''}`,
    ),
  );
  await page.goto(`http://127.0.0.1:${server.port}/privacy/certificate${hash}`);
}

async function check(certificate: string): Promise<void> {
  await page.getByLabel('The certificate', { exact: true }).fill(certificate);
  await page.getByRole('button', { name: 'Check' }).click();
}

const expectVerdict = (text: string) =>
  page.locator('#verdict').filter({ hasText: text }).waitFor();
const isWide = () =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
const forged = (certificate: string) => {
  const [head, body = '', signature] = certificate.split('.');
  const says = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  const changed = { ...says, erased: [{ store: 'messages', count: 999 }] };
  return `${head}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${signature}`;
};

test('a genuine certificate that is pasted is found valid, and each part is told in plain words', async () => {
  await open();
  await check(await issueCertificate(keys, exampleStatement()));
  await expectVerdict('Valid. It was signed by the key that it names');
  const said = await page.locator('#parts').innerText();
  for (const part of [
    'Example Bakery, https://chat.example.com',
    keys.current().kid,
    '43 records in all',
    '2026-11-24 12:00 UTC',
    'log of the AI provider',
    '2026-12-24 12:00 UTC',
    'ab'.repeat(32),
    ...CERTIFICATE_LIMITS,
  ]) {
    expect(said).toContain(part);
  }
  expect(await accessibilityViolations(page)).toEqual([]);
});

test('a certificate that was changed is not valid, and nothing of what it says is shown', async () => {
  await open();
  const good = await issueCertificate(keys, exampleStatement());
  await check(good);
  await expectVerdict('Valid.');
  await check(forged(good));
  await expectVerdict('Not valid. Its signature does not hold');
  expect(await page.locator('#parts').isVisible()).toBe(false);
  expect(await page.locator('#parts').innerText()).toBe('');
  expect(await accessibilityViolations(page)).toEqual([]);
});

test('the certificate itself is sent nowhere', async () => {
  await open();
  const good = await issueCertificate(keys, exampleStatement());
  await check(good);
  await expectVerdict('Valid.');
  const sent = requested.filter((request) => !request.includes('/assets/'));
  expect(sent).toEqual(['GET /privacy/certificate ', 'GET /.well-known/jwks.json ']);
  expect(requested.join()).not.toContain(good.slice(0, 40));
});

test('a file that is chosen is checked, and so is one that is dropped', async () => {
  await open();
  const good = await issueCertificate(keys, exampleStatement());
  const file = join(folder, 'certificate.jws');
  writeFileSync(file, good);
  await page.getByLabel('Or choose its file').setInputFiles(file);
  await expectVerdict('Valid.');
  await page.evaluate((text) => {
    const browser = globalThis as unknown as {
      DataTransfer: new () => { items: { add(file: unknown): void } };
      DragEvent: new (type: string, options: object) => object;
      document: { dispatchEvent(event: object): void };
    };
    const dataTransfer = new browser.DataTransfer();
    dataTransfer.items.add(new File([text], 'certificate.jws'));
    browser.document.dispatchEvent(
      new browser.DragEvent('drop', { dataTransfer, cancelable: true }),
    );
  }, forged(good));
  await expectVerdict('Not valid.');
});

test('keys that somebody kept are used in place of those of the site', async () => {
  await open();
  const kept = JSON.stringify(keys.jwks());
  const good = await issueCertificate(keys, exampleStatement());
  const stranger = join(folder, 'stranger.json');
  await ensureSigningKeys(stranger, new Date());
  await page.getByText('Check it with keys that I have myself').click();
  const given = page.getByLabel('Public keys (a JWKS document)');
  await given.fill(JSON.stringify(SigningKeys.open(stranger).jwks()));
  await check(good);
  await expectVerdict('Not valid. It is signed by a key that is not among the keys given.');
  await given.fill('no keys');
  await check(good);
  await expectVerdict('Not checked. The keys that you gave are no JWKS document.');
  await given.fill(kept);
  await check(good);
  await expectVerdict('Valid.');
  expect(requested.join()).not.toContain('jwks.json');
});

test('a link can carry the certificate behind its #, and one of a replaced key is still valid', async () => {
  const old = await issueCertificate(keys, exampleStatement());
  await keys.renew(new Date(Date.now() + SIGNING_KEY_AGE_MS));
  await open(WIDE, `#${old}`);
  await expectVerdict('Valid.');
});

test.each(['light', 'dark'] as const)(
  'on a phone in %s nothing is wider than the screen, and axe finds nothing',
  async (colorScheme) => {
    await open({ ...PHONE, colorScheme });
    await check(await issueCertificate(keys, exampleStatement()));
    await expectVerdict('Valid.');
    expect(await isWide()).toBe(false);
    expect(await accessibilityViolations(page)).toEqual([]);
  },
);

test('without JavaScript the page says how to check a certificate elsewhere, and shows no form that does nothing', async () => {
  await open({ ...WIDE, javaScriptEnabled: false });
  expect(await page.locator('form').isVisible()).toBe(false);
  expect(await page.locator('noscript').innerText()).toContain('needs JavaScript');
  expect(await page.locator('main').innerText()).toContain('npm run certificate:verify');
});
