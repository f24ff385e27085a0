import { eventually } from './eventually.ts';
import type { Installation } from './installation.ts';

/** What a request's status page says to a program. */
export interface RequestStatus {
  right: string;
  state: string;
  received_at: string;
  due_at: string;
  accounts: {
    channel: string;
    state: string;
    proven_at: string | null;
    erased_at: string | null;
    held_until: string | null;
  }[];
  stray_phrase_at: string | null;
  steps: { name: string; at: string }[];
  expiring_elsewhere: { where: string; until: string }[];
  outcome: string | null;
  reason: string | null;
}

export interface OpenedRequest {
  code: string;
  status_url: string;
  due_at: string;
  verification: { phrase: string; instruction: string };
}

/** The door for people, as a program uses it. */
export function privacyDesk(mayfly: Pick<Installation, 'url'>) {
  const post = (path: string, body: string | undefined, headers: Record<string, string>) =>
    fetch(mayfly.url(path), {
      method: 'POST',
      redirect: 'manual',
      headers,
      ...(body === undefined ? {} : { body }),
    });
  const desk = {
    postForm: (
      path: string,
      fields: Record<string, string>,
      headers: Record<string, string> = {},
    ) =>
      post(path, new URLSearchParams(fields).toString(), {
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
      }),
    postJson: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      post(path, JSON.stringify(body), { 'content-type': 'application/json', ...headers }),
    ask: async (accounts: { whatsapp?: string; instagram?: string }): Promise<OpenedRequest> => {
      const response = await desk.postJson('/privacy/requests', { right: 'erasure', ...accounts });
      expect(response.status).toBe(202);
      return (await response.json()) as OpenedRequest;
    },
    status: async (code: string): Promise<RequestStatus> => {
      const response = await fetch(mayfly.url(`/privacy/requests/${code}`), {
        headers: { accept: 'application/json' },
      });
      expect(response.status).toBe(200);
      return (await response.json()) as RequestStatus;
    },
    page: async (code: string): Promise<string> =>
      (
        await fetch(mayfly.url(`/privacy/requests/${code}`), { headers: { accept: 'text/html' } })
      ).text(),
    untilState: (code: string, state: string): Promise<RequestStatus> =>
      eventually(async () => {
        const status = await desk.status(code);
        expect(status.state).toBe(state);
        return status;
      }, 60_000),
    /** Until it has ended like this: its contact data is gone by then. */
    untilEnded: (code: string, outcome: string): Promise<RequestStatus> =>
      eventually(async () => {
        const status = await desk.status(code);
        expect(status.outcome).toBe(outcome);
        return status;
      }, 60_000),
    withdraw: (code: string, accept = 'application/json') =>
      post(`/privacy/requests/${code}/withdraw`, undefined, { accept }),
  };
  return desk;
}
