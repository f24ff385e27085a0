import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { createApp } from '../../../api/app.ts';
import { frontRoutes } from '../../../api/site/front-routes.ts';
import { siteAssets } from '../../../api/site/site-assets.ts';
import { LANGUAGES } from '../../../domain/assistant.ts';
import { listen } from '../../../lib/http-server.ts';
import { createLog } from '../../../lib/log.ts';
import { uiAddresses } from '../../../lib/temporal/ui-addresses.ts';
import { isFromThisMachine } from '../../../local/identity/from-this-machine.ts';
import { accessibilityViolations, launchBrowser } from '../../support/browser.ts';

const SITE = { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' };
const NOTHING = { machine: null, temporal: null };
const TRIAL = {
  machine: { hasSimulator: true, isFromHere: isFromThisMachine },
  temporal: uiAddresses({
    TEMPORAL_UI_URL: 'http://127.0.0.1:8233',
    TEMPORAL_CONVERSATIONS_NAMESPACE: 'shop conversations',
    TEMPORAL_PRIVACY_NAMESPACE: 'shop-privacy',
  }),
};
const SHOTS = process.env['SCREENSHOTS'];

async function serve(doors: typeof TRIAL | typeof NOTHING) {
  const routers = [siteAssets(), frontRoutes({ site: SITE, ...doors })];
  const log = createLog('test', { write: () => undefined });
  return listen(createApp({ routers, log, site: SITE }), { host: '127.0.0.1', port: 0 });
}
const servers = { trial: await serve(TRIAL), production: await serve(NOTHING) };
type Server = keyof typeof servers;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await Promise.all(Object.values(servers).map((server) => server.close()));
});

const addressOf = (server: Server, path = '/') => `http://127.0.0.1:${servers[server].port}${path}`;

/** A page that works without JavaScript, as all of these must. */
async function open(options: BrowserContextOptions, look: (page: Page) => Promise<void>) {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  await look(await context.newPage());
  await context.close();
}

const cards = (page: Page) => page.locator('.card h2').allInnerTexts();

test('the front page of npm start says who this is, and has a card for the simulator, for deletion, and for staff and Temporal', async () => {
  await open({}, async (page) => {
    await page.goto(addressOf('trial'));
    expect(await page.locator('main > p').first().innerText()).toContain('Example Bakery answers');
    expect(await cards(page)).toEqual(['Simulator', 'Delete my data', 'Staff and Temporal']);
    const links = await page
      .locator('.card a')
      .evaluateAll((found) => found.map((one) => one.getAttribute('href')));
    expect(links).toEqual([
      '/simulator',
      '/privacy/deletion',
      '/privacy/certificate',
      'http://127.0.0.1:8233/namespaces/shop-privacy/workflows?query=WorkflowType%3D%22erasureRequest%22',
      'http://127.0.0.1:8233/namespaces/shop%20conversations/workflows?query=WorkflowType%3D%22conversation%22',
    ]);
  });
});

test('in production the front page has the door of the people alone, and no word of simulator and Temporal', async () => {
  await open({}, async (page) => {
    await page.goto(addressOf('production'));
    expect(await cards(page)).toEqual(['Delete my data']);
    expect(await page.content()).not.toMatch(/simulator|temporal|8233/i);
  });
});

test('whoever comes through a proxy or a tunnel sees nothing of simulator and Temporal either', async () => {
  for (const extraHTTPHeaders of [
    { 'x-forwarded-for': '203.0.113.7' },
    { 'cf-connecting-ip': '203.0.113.7' },
  ]) {
    await open({ extraHTTPHeaders }, async (page) => {
      await page.goto(addressOf('trial'));
      expect(await cards(page)).toEqual(['Delete my data']);
    });
  }
});

test.each([
  ['the code', '0123456789abcdefghjkmnpqrs', '/privacy/requests/0123456789abcdefghjkmnpqrs'],
  [
    'the whole address',
    ' https://chat.example.com/privacy/requests/0123456789ABCDEFGHJKMNPQRS ',
    '/privacy/requests/0123456789ABCDEFGHJKMNPQRS',
  ],
  ['something else', '<script>alert(1)</script>', '/privacy/requests/none'],
])('%s of a request, entered at the front page, leads to its status', async (_, entered, path) => {
  await open({}, async (page) => {
    await page.goto(addressOf('production'));
    await page.getByLabel('Code of your request').fill(entered);
    await page.getByRole('button', { name: 'See where it stands' }).click();
    expect(new URL(page.url()).pathname).toBe(path);
  });
});

test.each(LANGUAGES)('the front page and an address with nothing are in %s', async (language) => {
  await open({ locale: language }, async (page) => {
    const look = async (path: string) => {
      await page.goto(addressOf('trial', path));
      return [
        await page.locator('html').getAttribute('lang'),
        await page.locator('h1').innerText(),
      ];
    };
    const [[lang, title], nowhere] = [await look('/'), await look('/nowhere')];
    expect([lang, nowhere[0]]).toEqual([language, language]);
    expect(title).not.toBe(nowhere[1]);
    // What the address asks for wins over what the browser prefers.
    expect(await look(`/?lang=${language === 'de' ? 'fr' : 'de'}`)).not.toEqual([lang, title]);
    expect(await look('/?lang=xx')).toEqual([lang, title]);
  });
});

test.each(
  [390, 1280].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme }))),
)(
  'the front page and the page of an error at $width pixels in $scheme: axe finds nothing, nothing is cut off, and the policy stops nothing',
  async ({ width, scheme }) => {
    const viewport = { width, height: 900 };
    const complaints: string[] = [];
    const look = async (page: Page) => {
      page.on('console', (message) => complaints.push(message.text()));
      for (const [server, path] of [
        ['trial', '/'],
        ['trial', '/?lang=de'],
        ['trial', '/?lang=fr'],
        ['production', '/'],
        ['production', '/nowhere'],
        ['production', '/nowhere?lang=es'],
      ] as const) {
        await page.goto(addressOf(server, path));
        expect([path, await accessibilityViolations(page)]).toEqual([path, []]);
        const isWide = await page.evaluate(
          'document.documentElement.scrollWidth > document.documentElement.clientWidth',
        );
        expect([path, isWide]).toEqual([path, false]);
        if (SHOTS !== undefined) {
          const name = `${server}${path.replaceAll(/\W/g, '-')}-${width}-${scheme}`;
          await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
        }
      }
    };
    await open({ javaScriptEnabled: true, viewport, colorScheme: scheme }, look);
    expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
  },
);
