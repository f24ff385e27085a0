import type { WorkerState } from '../../../local/simulator/kill-worker.ts';
import type { SimulatorEvent } from '../../../local/simulator/simulator-event.ts';
import { startStandInModel } from '../../../local/model/stand-in-model.ts';
import { startSimulator } from './running-simulator.ts';
import type { RunningSimulator } from './running-simulator.ts';

let simulator: RunningSimulator;
afterEach(() => simulator.close());

describe('the worker', () => {
  let states: WorkerState[];
  let kills: number;
  const worker = {
    state: () => Promise.resolve(states.length > 1 ? states.shift()! : states[0]!),
    kill: () => {
      if (states[0] === 'gone') return false;
      kills += 1;
      states = ['gone', 'gone', 'starting', 'running'];
      return true;
    },
  };
  const shown = (events: SimulatorEvent[]) =>
    events.flatMap((event) => (event.type === 'worker' ? [event.worker] : []));

  beforeEach(async () => {
    states = ['running'];
    kills = 0;
    simulator = await startSimulator({ worker });
  });

  test('is seen going, starting and coming back, with how long it was away', async () => {
    const page = await simulator.events();
    expect(page.snapshot.worker).toEqual({ state: 'running', awayMs: null });
    expect((await simulator.act('kill-worker', {})).status).toBe(204);
    await page.event((event) => event.type === 'worker' && event.worker.awayMs !== null);
    expect(kills).toBe(1);
    expect(shown(page.events)).toEqual([
      { state: 'gone', awayMs: null },
      { state: 'starting', awayMs: null },
      { state: 'running', awayMs: expect.any(Number) },
    ]);
  });

  test('cannot be killed while it is gone', async () => {
    states = ['gone'];
    const response = await simulator.act('kill-worker', {});
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ detail: expect.stringMatching(/not back yet/) });
  });

  test.each([['instagram'], ['whatsapp']] as const)(
    'can be killed by the next reply on %s, which arrives all the same',
    async (channel) => {
      const page = await simulator.events();
      const fault = 'worker killed';
      expect((await simulator.act('fault', { channel, fault })).status).toBe(204);
      const body =
        channel === 'instagram'
          ? { recipient: { id: '90000000000000123' }, message: { text: 'Hi' } }
          : {
              messaging_product: 'whatsapp',
              to: '15550100123',
              type: 'text',
              text: { body: 'Hi' },
            };
      const account = channel === 'instagram' ? '17840000000000000' : '100000000000000';
      const answer = simulator.graph(account, body).catch(() => 'none');
      await page.message(({ from, text }) => from === 'business' && text === 'Hi');
      expect(kills).toBe(1);
      await simulator.close();
      expect(await answer).toBe('none');
    },
  );
});

test('where no worker can be killed, there is no such action and no such fault', async () => {
  simulator = await startSimulator();
  expect((await simulator.events()).snapshot.worker).toBeNull();
  expect((await simulator.act('kill-worker', {})).status).toBe(404);
  const response = await simulator.act('fault', { channel: 'whatsapp', fault: 'worker killed' });
  expect(response.status).toBe(422);
});

describe('the stand-in model', () => {
  test('is switched, every page is told, and a page that opens later knows', async () => {
    const standIn = await startStandInModel({ host: '127.0.0.1', port: 0 });
    simulator = await startSimulator({ modelUrl: standIn.url });
    const page = await simulator.events();
    await page.event((event) => event.type === 'model' && event.mode === 'as usual');
    expect((await simulator.act('model', { mode: 'down' })).status).toBe(204);
    await page.event((event) => event.type === 'model' && event.mode === 'down');
    expect((await simulator.events()).snapshot.model).toBe('down');
    expect((await simulator.act('model', { mode: 'broken' })).status).toBe(422);
    await standIn.close();
  });

  test('that forgot its mode, since it was started again, is asked when a page opens', async () => {
    const first = await startStandInModel({ host: '127.0.0.1', port: 0 });
    simulator = await startSimulator({ modelUrl: first.url });
    await simulator.act('model', { mode: 'down' });
    const port = Number(new URL(first.url).port);
    await first.close();
    const second = await startStandInModel({ host: '127.0.0.1', port });
    const page = await simulator.events();
    expect(page.snapshot.model).toBe('down');
    await page.event((event) => event.type === 'model' && event.mode === 'as usual');
    await second.close();
  });

  test('that does not answer is said, and its mode is not known', async () => {
    simulator = await startSimulator({ modelUrl: 'http://127.0.0.1:1/v1' });
    expect((await simulator.act('model', { mode: 'down' })).status).toBe(409);
    expect((await simulator.events()).snapshot.model).toBeNull();
  });

  test('has no switch where there is none', async () => {
    simulator = await startSimulator();
    expect((await simulator.act('model', { mode: 'down' })).status).toBe(404);
  });
});
