import type { StandIn } from '../../../lib/config.ts';
import fc from 'fast-check';

import { simulatorPage } from '../../../local/simulator/page.ts';
import { CHANNELS } from '../../../domain/channels.ts';
import { startSimulator } from './running-simulator.ts';

const PAGE = {
  channels: CHANNELS,
  companyName: 'Example Bakery',
  standIns: [],
  showsBehind: true,
  passesTime: true,
  killsWorker: true,
  switchesModel: true,
};

const pageFor = (standIns: StandIn[], conversationsUrl?: string) =>
  String(simulatorPage({ ...PAGE, standIns, conversationsUrl }));

test('the page says that Meta is simulated, and whether the model is', () => {
  expect(pageFor(['meta', 'model'])).toMatch(/Meta is simulated here[^]*The model is a stand-in/);
  const real = pageFor(['meta']);
  expect(real).toContain('Meta is simulated here');
  expect(real).toContain('The model is real: what you write goes to the provider');
  expect(real).not.toContain('is a stand-in');
});

test('a channel that is connected to Meta itself is said to be, and has no phone here', () => {
  const page = String(simulatorPage({ ...PAGE, channels: ['instagram'] }));
  expect(page).toContain('simulated here for Instagram. WhatsApp is connected to Meta itself.');
  expect(page).toContain('id="instagram-text"');
  expect(page).not.toContain('id="whatsapp-text"');
});

test('what cannot be shown or done here is not on the page', () => {
  const whole = String(simulatorPage(PAGE));
  const bare = {
    ...PAGE,
    showsBehind: false,
    passesTime: false,
    killsWorker: false,
    switchesModel: false,
  };
  for (const [part, option] of [
    ['class="steps"', 'showsBehind'],
    ['25 hours later', 'passesTime'],
    ['Kill the worker now', 'killsWorker'],
    ['and kills the worker', 'killsWorker'],
    ['<legend>Model', 'switchesModel'],
  ] as const) {
    expect(whole).toContain(part);
    expect(String(simulatorPage({ ...PAGE, [option]: false }))).not.toContain(part);
  }
  expect(String(simulatorPage(bare))).not.toContain('class="machine"');
  expect(String(simulatorPage(bare))).toContain('On the wire');
});

test('mail and sign-in are named only where they are stood in for', () => {
  expect(pageFor(['meta', 'mail', 'staff'])).toMatch(/local outbox[^]*local identity provider/);
  expect(pageFor(['meta'])).not.toMatch(/local outbox|local identity provider/);
});

test('there is a link to Temporal where its address is known, and only if it is one of a web page', () => {
  expect(pageFor(['meta'], 'http://localhost:8233')).toContain('href="http://localhost:8233"');
  expect(pageFor(['meta'])).not.toContain('in Temporal');
  expect(pageFor(['meta'], 'javascript:alert(1)')).not.toContain('href="javascript');
});

test('no name of a company adds an element or an attribute to the page', () => {
  const tags = (page: string) =>
    page.match(/<[^>]*>/g)!.map((tag) => tag.replace(/"[^"]*"/g, '""'));
  const plain = tags(pageFor([]));
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', ' ', 'a', '/') }),
      (companyName) => {
        expect(tags(String(simulatorPage({ ...PAGE, companyName })))).toEqual(plain);
      },
    ),
    { numRuns: 50 },
  );
});

test('the page and everything it names are served, under a policy without inline code', async () => {
  const simulator = await startSimulator();
  const response = await fetch(`${simulator.url}/simulator`);
  expect(response.headers.get('content-security-policy')).toContain("script-src 'self'");
  const text = await response.text();
  expect(text).not.toMatch(/<style|<script(?! type="module" src=)|\sstyle=|\son\w+=/i);
  const named = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
  expect(named.length).toBeGreaterThan(5);
  for (const path of named) {
    expect((await fetch(`${simulator.url}${path}`)).status).toBe(200);
  }
  expect((await fetch(`${simulator.url}/simulator/assets/../page.ts`)).status).toBe(404);
  await simulator.close();
});
