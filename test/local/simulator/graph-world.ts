import type { SendOutcome } from '../../../domain/outbox.ts';
import { createGraphClient } from '../../../lib/meta/graph-client.ts';
import type { GraphClient } from '../../../lib/meta/graph-client.ts';
import type { EventReader } from './event-reader.ts';
import { ACCOUNTS, startSimulator } from './running-simulator.ts';
import type { Received, RunningSimulator } from './running-simulator.ts';

/** The accounts that send, and the people whose phones are there from the start. */
export const TO = {
  instagram: {
    account: ACCOUNTS.instagram,
    to: { kind: 'instagram user id', value: '90000000000000123' },
  },
  whatsapp: { account: ACCOUNTS.whatsapp, to: { kind: 'whatsapp phone', value: '+15550100123' } },
} as const;

export interface GraphWorld {
  simulator: RunningSimulator;
  page: EventReader;
  /** The client that the worker uses. */
  client: GraphClient;
  sendText(channel: 'instagram' | 'whatsapp', text?: string, token?: string): Promise<SendOutcome>;
  close(): Promise<void>;
}

/** A simulator with an open page, and our own client of the Graph API pointed at it. */
export async function startGraphWorld(): Promise<GraphWorld> {
  const simulator = await startSimulator();
  const url = `${simulator.url}/simulator/graph/v25.0`;
  const client = createGraphClient({
    graphUrls: { instagram: url, whatsapp: url },
    accessTokens: { instagram: 'a', whatsapp: 'b' },
    timeoutMs: 4_000,
  });
  return {
    simulator,
    page: await simulator.events(),
    client,
    sendText: (channel, text = 'We are open.', token = 'token-1') =>
      client.sendText({ channel, ...TO[channel], text, token }),
    async close() {
      client.close();
      await simulator.close();
    },
  };
}

export const statusOf = ({ event }: Received) => (event?.type === 'status' ? event.status : null);

export const whatsAppText = (body: string) => ({
  messaging_product: 'whatsapp',
  to: '15550100123',
  type: 'text',
  text: { body },
});

export const instagramText = (text: string) => ({
  recipient: { id: '90000000000000123' },
  message: { text },
});
