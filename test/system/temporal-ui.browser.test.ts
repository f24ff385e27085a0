import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import type { OpenedRequest } from '../support/privacy-desk.ts';
import { controlledProcess } from './controlled-process.ts';
import { freePorts } from './free-ports.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
/** As test/system/servers.ts has it, so that what a killed run leaves is cleared up by the next. */
const folder = mkdtempSync(path.join(tmpdir(), 'mayfly-servers-'));
const [port = 0] = await freePorts(1);
const own = `http://127.0.0.1:${port}`;
const logFile = path.join(folder, 'start.log');
const start = controlledProcess({
  name: 'npm start',
  command: process.execPath,
  args: [path.join(CHECKOUT, 'local', 'main.ts')],
  cwd: CHECKOUT,
  environment: () => ({
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TEMPORAL_CLI_PATH: process.env['TEMPORAL_CLI_PATH'],
    DATA_DIR: folder,
    PORT: String(port),
  }),
  logFile,
  readyUrls: [`${own}/readyz`],
  isNode: true,
});
await start.start();
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await start.stop();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

/** Every word on the page: Temporal shows what is written in Markdown in frames of their own. */
async function wordsOn(page: Page): Promise<string> {
  const texts = await Promise.all(page.frames().map((frame) => frame.locator('body').innerText()));
  return texts.join('\n');
}

test("Temporal's own UI shows a request with its summary, where it stands and what it is found by, and nothing about the person", async () => {
  const printed = await eventually(() => {
    const [, url] =
      /^ +privacy requests in Temporal +(http:\S+)$/m.exec(readFileSync(logFile, 'utf8')) ?? [];
    if (url === undefined) throw new Error('npm start has not said where the requests are');
    return url;
    // The api answers before the worker does, and the worker may have its bundle to make first.
  }, 110_000);
  const { postJson } = privacyDesk({ url: (at) => `${own}${at}` });
  const accounts = { whatsapp: '+15550100000', instagram: 'example.handle' };
  const body = { right: 'erasure', ...accounts, reply_to: 'person@example.org' };
  const { code, verification } = (await (
    await postJson('/privacy/requests', body)
  ).json()) as OpenedRequest;

  const page = await browser.newPage({ viewport: { width: 1440, height: 800 } });
  const request = page.locator('a[href*="/workflows/request"]').first();
  await eventually(async () => {
    await page.goto(printed);
    // On a busy machine Temporal waits for everything else, and its page has much to load.
    await request.click({ timeout: 20_000 });
  }, 100_000);
  const seen: string[] = [];
  const see = async (tab: string, words: readonly string[]) => {
    await page
      .getByRole('tab', { name: tab })
      .or(page.getByRole('link', { name: tab }))
      .first()
      .click();
    const text = await eventually(async () => {
      const shown = await wordsOn(page);
      for (const word of words) expect(shown).toContain(word);
      return shown;
    });
    seen.push(text);
  };
  await see('Timeline', ['erasureRequest', '"intake": "api"', 'until the next alert']);
  await see('Search Attributes', [
    '"PrivacyRight": "erasure"',
    '"PrivacyState": "confirm it is you"',
    '"PrivacyClock": "on time"',
    '"PrivacyIntake": "api"',
    '"PrivacyDueAt": "20',
  ]);
  await see('Event History', ['recordState', 'mailPerson']);
  await see('User Metadata', ['erasure, api', 'state: confirm it is you', '2 named, 0 confirmed']);
  const picture = process.env['PICTURE'];
  if (picture !== undefined) await page.screenshot({ path: picture });

  const personal = ['5550100000', 'example.handle', 'example.org', code, verification.phrase];
  for (const text of seen) for (const word of personal) expect(text).not.toContain(word);
}, 300_000);
