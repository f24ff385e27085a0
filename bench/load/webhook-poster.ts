import { Agent, request } from 'node:http';
import type { SignedWebhook } from '../../test/fakes/meta/webhooks.ts';

/** Posts webhooks over connections that are kept, as Meta's edge does. */
export interface WebhookPoster {
  /** Resolves with the status once the answer is whole; rejects when there is none. */
  post(url: string, webhook: SignedWebhook): Promise<number>;
  close(): void;
}

const DEADLINE_MS = 30_000;

export function createWebhookPoster(): WebhookPoster {
  const agent = new Agent({ keepAlive: true, maxSockets: 512, scheduling: 'lifo' });
  return {
    post: (url, webhook) => post(agent, url, webhook),
    close: () => agent.destroy(),
  };
}

function post(agent: Agent, url: string, { body, signature }: SignedWebhook): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      {
        agent,
        method: 'POST',
        timeout: DEADLINE_MS,
        headers: {
          'content-type': 'application/json',
          'content-length': body.length,
          'x-hub-signature-256': signature,
        },
      },
      (response) => {
        response.on('error', reject);
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.resume();
      },
    );
    sending.on('timeout', () => sending.destroy(new Error('no answer in time')));
    sending.on('error', reject);
    sending.end(body);
  });
}
