import { simulatedChannels } from '../../../local/simulator/simulated-channels.ts';
import { startSimulator } from './running-simulator.ts';

const OURS = 'http://127.0.0.1:3000/simulator/graph/v25.0';

test('a channel is simulated where its replies come to the simulator, and nowhere else', () => {
  expect(simulatedChannels({ instagram: OURS, whatsapp: OURS })).toEqual(['instagram', 'whatsapp']);
  const whatsapp = 'https://graph.facebook.com/v25.0';
  expect(simulatedChannels({ instagram: OURS, whatsapp })).toEqual(['instagram']);
  const instagram = 'https://graph.instagram.com/v25.0';
  expect(simulatedChannels({ instagram, whatsapp })).toEqual([]);
});

test('a channel that is real gets no simulated person, no fault and no Graph API', async () => {
  const simulator = await startSimulator({ channels: ['instagram'] });
  const { snapshot } = await simulator.events();
  expect(snapshot.phones.map(({ channel }) => channel)).toEqual(['instagram']);
  expect((await simulator.act('person', { channel: 'whatsapp' })).status).toBe(422);
  const fault = { channel: 'whatsapp', fault: 'server error' };
  expect((await simulator.act('fault', fault)).status).toBe(422);
  const text = {
    messaging_product: 'whatsapp',
    to: '15550100123',
    type: 'text',
    text: { body: 'Hi' },
  };
  const answer = await simulator.graph('100000000000000', text);
  expect(await answer.json()).toMatchObject({ error: { code: 100, error_subcode: 33 } });
  await simulator.close();
});
