import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { BehindView } from '../../../local/simulator/behind-view.ts';
import type { SimulatorEvent } from '../../../local/simulator/simulator-event.ts';
import type { Channel } from '../../../domain/channels.ts';
import { eventually } from '../../support/eventually.ts';
import { createInstallation } from '../../support/installation.ts';
import { openEventReader } from './event-reader.ts';

/** A whole Mayfly whose Meta is its own simulator, with one page open; the model alone is a fake. */
export async function createSimulatedInstallation(environment: Record<string, string> = {}) {
  const port = await freePort();
  const graph = `http://127.0.0.1:${port}/simulator/graph/v25.0`;
  const mayfly = await createInstallation({
    PORT: String(port),
    STAND_INS: 'meta',
    WHATSAPP_GRAPH_URL: graph,
    INSTAGRAM_GRAPH_URL: graph,
    ...environment,
  });
  const page = await openEventReader(mayfly.url('/simulator/events'));
  afterAll(() => page.close());

  const act = (action: string, body: object) =>
    fetch(mayfly.url(`/simulator/api/${action}`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  /** A person of their own, on a phone of their own. */
  const newPhone = async (channel: Channel) => {
    const { phone } = (await (await act('person', { channel })).json()) as { phone: string };
    const own = <Type extends SimulatorEvent['type']>(type: Type) =>
      page.events.filter(
        (event): event is Extract<SimulatorEvent, { type: Type; phone: string }> =>
          event.type === type && 'phone' in event && event.phone === phone,
      );
    const behind = () => own('behind').at(-1)?.behind;
    return {
      id: phone,
      act: (action: string, more: object = {}) => act(action, { phone, ...more }),
      /** Everything that was seen behind this phone, in its order. */
      seen: () => own('behind').map((event) => event.behind),
      /** Waits until what is behind fits. */
      until: (fits: (view: BehindView) => boolean) =>
        eventually(() => {
          const view = behind();
          expect(view !== undefined && fits(view)).toBe(true);
          return view!;
        }),
      /** What the business wrote, in order. */
      replies: () => {
        const all = own('message').map((event) => event.message);
        const texts = new Map(
          all.filter(({ from }) => from === 'business').map(({ id, text }) => [id, text]),
        );
        return [...texts.values()];
      },
      messages: () => own('message').map((event) => event.message),
    };
  };
  return { mayfly, page, act, newPhone };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
