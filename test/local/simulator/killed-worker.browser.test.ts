import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';

import { launchBrowser } from '../../support/browser.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const CHECKOUT = path.resolve(import.meta.dirname, '../../..');
const STARTED_WITHIN_MS = 180_000;
/** A worker is noticed as gone after seconds, and another takes some more to start. */
const ANSWERED_WITHIN_MS = 90_000;

const dataDir = temporaryFolder();
let mayfly: ChildProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  const started = startMayfly();
  browser = await launchBrowser();
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(ANSWERED_WITHIN_MS);
  await page.goto(`${await started}/simulator`);
}, STARTED_WITHIN_MS);
afterAll(async () => {
  await browser?.close();
  const ended = once(mayfly, 'exit');
  mayfly.kill('SIGTERM');
  await ended;
}, STARTED_WITHIN_MS);

/** `npm start` on any free port and in a folder of its own; resolves with its address. */
async function startMayfly(): Promise<string> {
  const environment = Object.entries(process.env).filter(([name]) => !/^(NODE_|JEST_)/.test(name));
  mayfly = spawn(process.execPath, [path.join(CHECKOUT, 'local/main.ts')], {
    env: { ...Object.fromEntries(environment), DATA_DIR: dataDir, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: mayfly.stdout! })) {
    lines.push(line);
    const url = /^ready (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    // Nobody reads on, and a full pipe would stop it.
    mayfly.stdout!.resume();
    return url;
  }
  throw new Error(`npm start ended before it was ready:\n${lines.join('\n')}`);
}

const station = (channel: string) => page.locator(`.station[data-channel="${channel}"]`);
const replies = (channel: string) =>
  station(channel).locator('.message[data-from="business"] .words');

async function write(channel: string, text: string): Promise<void> {
  await page.locator(`#${channel}-text`).fill(text);
  await page.locator(`#${channel}-text`).press('Enter');
}

/** Waits until the worker is seen to go, and then to be back. */
async function untilBack(): Promise<void> {
  await page.locator('.worker:not([data-state="running"])').waitFor();
  await page.locator('.worker[data-state="running"]').waitFor();
}

async function expectOneReply(channel: string, said: RegExp): Promise<void> {
  await station(channel).locator('.said', { hasText: said }).waitFor();
  expect(await replies(channel).count()).toBe(1);
  const row = station(channel).locator('tbody tr');
  expect(await row.count()).toBe(1);
  expect((await row.innerText()).split(/\s+/).slice(-2)).toEqual(['1', 'once']);
  const sent = station(channel).locator('[data-route="graph"] .what').getByText('reply');
  expect(await sent.count()).toBe(1);
}

test(
  'a worker that is killed while the model writes comes back, and the reply comes exactly once',
  async () => {
    await page.getByLabel('slow').check();
    await write('whatsapp', 'When are you open on Saturday?');
    const writing = station('whatsapp').locator('.steps li[aria-current="step"]');
    await writing.filter({ hasText: 'model' }).waitFor();
    await page.getByRole('button', { name: 'Kill the worker now' }).click();
    await untilBack();
    expect(await replies('whatsapp').count()).toBe(0);
    await page.getByLabel('as usual').check();
    await expectOneReply('whatsapp', /^Answered, and confirmed by Meta/);
  },
  ANSWERED_WITHIN_MS * 2,
);

test(
  'a worker that is killed between the sending and the answer sends nothing twice',
  async () => {
    await page.getByLabel('as usual').check();
    await station('instagram').getByLabel('The next reply').selectOption('worker killed');
    await write('instagram', 'Do you deliver?');
    await replies('instagram').first().waitFor();
    await untilBack();
    await expectOneReply('instagram', /^The worker was killed before it could note the answer/);
    // Whatever the new worker finds of the turn, it has had its time to do once the next message is answered.
    await write('instagram', 'How can I pay?');
    await replies('instagram').nth(1).waitFor();
    expect(await replies('instagram').count()).toBe(2);
  },
  ANSWERED_WITHIN_MS * 2,
);
