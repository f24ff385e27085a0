import { Router } from 'express';
import type { Browser, Page } from 'playwright-core';
import { createApp } from '../../../api/app.ts';
import { deletionPage } from '../../../api/privacy/deletion-page.ts';
import type { FieldError } from '../../../api/privacy/request-form.ts';
import { refuse } from '../../../api/http/refuse.ts';
import { statusPage } from '../../../api/privacy/status-page.ts';
import { siteAssets } from '../../../api/site/site-assets.ts';
import { REQUEST_STATES } from '../../../domain/privacy-request.ts';
import type { RequestState } from '../../../domain/privacy-request.ts';
import type { NamedAccount } from '../../../domain/request-accounts.ts';
import type { Html } from '../../../lib/html.ts';
import { listen } from '../../../lib/http-server.ts';
import { createLog } from '../../../lib/log.ts';
import type { FoundRequest } from '../../../store/requests/request-status.ts';
import { accessibilityViolations, launchBrowser } from '../../support/browser.ts';
import { exampleStatement } from '../../support/example-certificate.ts';

const SITE = { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' };
const STATUS_URL = 'https://chat.example.com/privacy/requests/0123456789ABCDEFGHJKMNPQRS';
const RECEIVED = new Date('2026-11-24T09:30:00Z');
const HOUR_MS = 3_600_000;
const after = (hours: number) => new Date(RECEIVED.getTime() + hours * HOUR_MS);

/** A certificate as the page reads it; nobody checks its signature there. */
const CERTIFICATE = ['{"alg":"EdDSA"}', JSON.stringify(statementToRead()), 'signature'.repeat(20)]
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

function statementToRead() {
  const { expiring_elsewhere: known, ...rest } = exampleStatement();
  const until = after(48).toISOString();
  const elsewhere = (['key backups', 'guard against late messages'] as const).map((where) => ({
    where,
    until,
  }));
  return { version: 1, ...rest, expiring_elsewhere: [...known, ...elsewhere], limits: ['None.'] };
}

function account(fields: Partial<NamedAccount> = {}): NamedAccount {
  const nothing = { provenAt: null, erasedAt: null, absentAt: null, heldUntil: null };
  return { channel: 'whatsapp', ...nothing, ...fields };
}

function request(state: RequestState, fields: Partial<FoundRequest> = {}): FoundRequest {
  const before: Record<RequestState, RequestState[]> = {
    received: [],
    'confirm it is you': ['received'],
    working: ['received', 'confirm it is you'],
    'erased here': ['received', 'confirm it is you', 'working'],
    'waiting for others': ['received', 'confirm it is you', 'working', 'erased here'],
    finished: ['received', 'confirm it is you', 'working', 'erased here', 'waiting for others'],
    refused: ['received'],
    withdrawn: ['received', 'confirm it is you'],
    'not verified': ['received', 'confirm it is you'],
    'nothing found': ['received'],
  };
  const isOver = ['finished', 'refused', 'withdrawn', 'not verified', 'nothing found'].includes(
    state,
  );
  const hasAnswer = ['erased here', 'waiting for others', 'finished'].includes(state);
  return {
    id: '00000000-0000-4000-8000-000000000000',
    right_asked: 'erasure',
    intake: 'form',
    state,
    reason: null,
    received_at: RECEIVED,
    due_at: after(72),
    accounts: [account(hasAnswer ? { provenAt: after(3), erasedAt: after(4) } : {})],
    door: isOver || hasAnswer ? 'closed' : 'open',
    door_closed_at: isOver || hasAnswer ? after(4) : null,
    refused_at: null,
    stray_phrase_at: null,
    expiring_until: hasAnswer ? after(720) : null,
    withdrawn_at: state === 'withdrawn' ? after(3) : null,
    closed_at: isOver ? after(5) : null,
    steps: [...before[state], state].map((name, hours) => ({ name, at: after(hours) })),
    hold: null,
    certificate: hasAnswer ? CERTIFICATE : undefined,
    ...fields,
  };
}

const twoSteps = [...request('working').steps, { name: 'working' as const, at: after(4) }];
const EXAMPLES: Record<string, FoundRequest> = {
  ...Object.fromEntries(
    REQUEST_STATES.map((state) => [state.replaceAll(' ', '-'), request(state)]),
  ),
  late: request('confirm it is you', { due_at: after(1) }),
  'in-part': request('finished', {
    reason: 'not every account was confirmed',
    accounts: [
      account({ provenAt: after(3), erasedAt: after(4) }),
      account({ channel: 'instagram' }),
    ],
  }),
  'second-account': request('confirm it is you', {
    accounts: [
      account({ provenAt: after(3), erasedAt: after(4) }),
      account({ channel: 'instagram' }),
    ],
    steps: twoSteps,
  }),
  stray: request('confirm it is you', { stray_phrase_at: after(2) }),
  'of-meta': request('working', {
    intake: 'meta',
    steps: request('working').steps.filter(({ name }) => name !== 'confirm it is you'),
  }),
  held: request('working', {
    accounts: [account({ provenAt: after(3), heldUntil: new Date('2027-06-01T00:00:00Z') })],
    hold: { until: new Date('2027-06-01T00:00:00Z'), reason: 'legal claim' },
  }),
  reason: request('refused', { reason: 'a message came after this was asked for' }),
};
function shown(found: FoundRequest, phrase: string | null, errors: FieldError[] = []): Html {
  return statusPage(SITE, found, {
    statusUrl: STATUS_URL,
    now: after(26),
    phrase,
    named: { whatsapp: '+1 555 010 0000' },
    errors,
  });
}

const PAGES: Record<string, Html> = {
  deletion: deletionPage(SITE, 'mail server'),
  'deletion-with-outbox': deletionPage(SITE, 'outbox'),
  'deletion-with-errors': deletionPage(SITE, 'none', {
    values: { instagram: 'not a handle', whatsapp: 'call <me>' },
    errors: [
      { field: 'instagram', detail: 'must be an Instagram handle, such as @example' },
      {
        field: 'whatsapp',
        detail: 'must be a phone number with its country code, such as +1 555 010 0000',
      },
    ],
  }),
  opened: shown(request('received'), 'DELETE-7K3M9QXW'),
  'opened-with-errors': shown(request('received'), 'DELETE-7K3M9QXW', [
    { field: 'instagram', detail: 'must be an Instagram handle, such as @example' },
  ]),
  ...Object.fromEntries(
    Object.entries(EXAMPLES).map(([name, found]) => [name, shown(found, null)]),
  ),
};

const pages = Router();
pages.get('/example/:name', (asked, response, next) => {
  const page = PAGES[asked.params.name];
  if (page === undefined) next();
  else response.type('html').send(String(page));
});
pages.get('/refused', (asked, response) => {
  refuse(SITE, asked, response, {
    status: 409,
    title: 'Too late',
    detail: 'It cannot be taken back any more.',
  });
});
const app = createApp({
  routers: [siteAssets(), pages],
  log: createLog('test', { write: () => undefined }),
});
const server = await listen(app, { host: '127.0.0.1', port: 0 });
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});

const addressOf = (name: string) =>
  `http://127.0.0.1:${server.port}${name === 'refused' ? '/refused' : `/example/${name}`}`;
const SHOTS = process.env['SCREENSHOTS'];

async function everyPage(
  width: number,
  colorScheme: 'light' | 'dark',
  look: (page: Page, name: string) => Promise<void>,
) {
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  for (const name of [...Object.keys(PAGES), 'refused']) {
    await page.goto(addressOf(name));
    if (SHOTS !== undefined)
      await page.screenshot({
        path: `${SHOTS}/${name}-${width}-${colorScheme}.png`,
        fullPage: true,
      });
    await look(page, name);
  }
  await context.close();
  // The answer to something refused is itself told as an error of the network.
  expect(complaints.filter((complaint) => !complaint.includes('409'))).toEqual([]);
}

const isWide = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');

test.each([
  [1280, 'light'],
  [1280, 'dark'],
  [390, 'light'],
  [390, 'dark'],
] as const)(
  'every page, in every state, at %i pixels and in %s colours: axe finds nothing, and nothing is cut off',
  async (width, scheme) => {
    await everyPage(width, scheme, async (page, name) => {
      expect({ name, found: await accessibilityViolations(page) }).toEqual({ name, found: [] });
      expect({ name, isWide: await isWide(page) }).toEqual({ name, isWide: false });
    });
  },
);

test('on paper, a page is dark on white also for who likes it dark, and has nothing to press', async () => {
  const context = await browser.newContext({ colorScheme: 'dark' });
  const page = await context.newPage();
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.goto(addressOf('confirm-it-is-you'));
  const look = await page.evaluate(`(() => {
    const { color, backgroundColor } = getComputedStyle(document.body);
    const shown = [...document.querySelectorAll('button, nav, progress')].filter((one) => one.checkVisibility());
    return { color, backgroundColor, pressable: shown.length };
  })()`);
  expect(look).toEqual({
    color: 'rgb(0, 0, 0)',
    backgroundColor: 'rgb(255, 255, 255)',
    pressable: 0,
  });
  expect(await page.locator('main').innerText()).toContain(STATUS_URL);
  expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(5_000);
  if (SHOTS !== undefined) await page.screenshot({ path: `${SHOTS}/print.png`, fullPage: true });
  await context.close();
});

test('a form that comes back keeps what was entered, as text, and leads to the first field at fault', async () => {
  const page = await browser.newPage({ javaScriptEnabled: false });
  await page.goto(addressOf('deletion-with-errors'));
  expect(await page.getByLabel('WhatsApp number').inputValue()).toBe('call <me>');
  expect(await page.getByLabel('WhatsApp number').getAttribute('aria-invalid')).toBe('true');
  await page.getByRole('alert').getByRole('link', { name: 'WhatsApp number' }).click();
  expect(page.url()).toMatch(/#whatsapp$/);
  await page.close();
});

test('the steps ahead are shown as such, and none after the end', () => {
  const text = (name: string) => String(PAGES[name]);
  expect(text('received').match(/not yet/g)).toHaveLength(4);
  expect(text('of-meta').match(/not yet/g)).toHaveLength(2);
  expect(text('of-meta')).not.toContain('Waiting for you');
  for (const name of ['finished', 'refused', 'withdrawn', 'not-verified', 'nothing-found'])
    expect(text(name)).not.toContain('not yet');
});

test('a request can be taken back only before anything was deleted', () => {
  const canBe = Object.keys(EXAMPLES).filter((name) =>
    String(PAGES[name]).includes('Take this request back'),
  );
  expect(canBe.sort()).toEqual(['confirm-it-is-you', 'late', 'received', 'stray']);
});

test('no page says that nothing was deleted, or that everything was, where that is not so', () => {
  const says = (words: string) =>
    Object.keys(EXAMPLES).filter((name) =>
      String(PAGES[name]).replaceAll(/\s+/g, ' ').includes(words),
    );
  expect(says('nothing is deleted').sort()).toEqual(['confirm-it-is-you', 'late', 'stray']);
  expect(says('Everything').sort()).toEqual(['erased-here', 'finished', 'waiting-for-others']);
});
