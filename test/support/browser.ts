import { readFileSync } from 'node:fs';

import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { findChromium } from './find-chromium.ts';

/** Chromium refuses its sandbox to root, and nothing here may look for the network. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser for the tests of pages; to be closed by the caller. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = await findChromium((line) => process.stdout.write(`${line}\n`));
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

const AXE = readFileSync(
  new URL('../../node_modules/axe-core/axe.min.js', import.meta.url),
  'utf8',
);

/** What axe finds wrong with the page as it is now: each rule with the places where it is broken. */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  // Evaluated by the debugger, which the page's own policy does not bind.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; nodes: { target: string[] }[] }[] }>;
      };
    };
    const { violations } = await axe.run();
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
    );
  });
}
