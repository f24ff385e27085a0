import { testDatabase } from '../../support/test-postgres.ts';
import type { TestDatabase } from '../../support/test-postgres.ts';
import type { Scenario, Send, Step } from './scenario.ts';
import { tryScenario, tryScenarios } from './try-scenarios.ts';

/** The first of many: `npm run faults -- model --seeds 10000` goes on from here. */
const SEEDS = 120;

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(() => database.drop());

test('whatever people, Meta and the model do, and in whatever order, no promise is broken', async () => {
  expect(await tryScenarios(database.connectionString, { first: 1, count: SEEDS })).toBeNull();
}, 300_000);

const sent = (outcome: Send['outcome'], tells: Send['tells']): Send => ({
  ...{ outcome, tells, meanwhile: 'nothing', isShown: false },
});
const writes: Step = { channel: 'whatsapp', step: 'writes' };
const waits = (ms: number): Step => ({ channel: 'whatsapp', step: 'waits', ms });
const onWhatsApp = (sends: Send[], steps: Step[]): Scenario => ({
  ...{
    sends: { whatsapp: sends, instagram: [] },
    thoughts: { whatsapp: [], instagram: [] },
    steps,
  },
});

// What random scenarios once found, as small as it could be made.
test.each<[string, Scenario]>([
  [
    'a reply may have arrived, its second sending is in doubt, and the person writes on',
    onWhatsApp(
      [sent('killed after', 'delivered'), sent('lost', 'nothing')],
      [writes, writes, waits(26_000), writes],
    ),
  ],
  [
    'Meta reports one reply as failed, and the answer to the next one is lost',
    onWhatsApp([sent('sent', 'failed'), sent('lost', 'nothing')], [writes, writes, writes]),
  ],
  [
    'a reply may have arrived, and Meta reports its second sending as failed',
    onWhatsApp(
      [sent('killed after', 'nothing'), sent('possibly sent', 'failed')],
      [writes, writes],
    ),
  ],
  [
    'Meta reports one reply as failed, and refuses the second sending of the next one',
    onWhatsApp(
      [
        { ...sent('sent', 'failed'), meanwhile: 'writes' },
        sent('killed after', 'nothing'),
        sent('refused', 'delivered'),
      ],
      [writes, writes, waits(3_000)],
    ),
  ],
  [
    'Meta reports a text as failed, and says late that it had been sent, before it is sent once more',
    onWhatsApp(
      [sent('killed after', 'failed'), sent('token refused', 'delivered')],
      [
        { channel: 'whatsapp', step: 'stops' },
        waits(26_000),
        { channel: 'whatsapp', step: 'is told', which: 3, times: 1 },
        { channel: 'whatsapp', step: 'is told', which: 0, times: 1 },
      ],
    ),
  ],
  [
    'an answer of Meta comes late to a call that goes on, and the next one is late as well',
    {
      sends: { whatsapp: [], instagram: [sent('late', 'delivered'), sent('late', 'read')] },
      thoughts: { whatsapp: [], instagram: [{ words: 210, fails: false, meanwhile: 'nothing' }] },
      steps: [{ channel: 'instagram', step: 'writes unheard' }],
    },
  ],
])('no promise is broken where %s', async (_name, scenario) => {
  expect(await tryScenario(database.connectionString, scenario)).toEqual([]);
});
