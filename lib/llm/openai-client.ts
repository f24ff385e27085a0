import OpenAI from 'openai';

/** Where the model is. `baseUrl` ends where `/responses` or `/chat/completions` begins; `timeoutMs` bounds one whole call. */
export interface ModelEndpoint {
  apiKey: string;
  baseUrl: string;
  model: string;
  timeoutMs: number;
}

/** The client sets more headers: machine, runtime, organisation, whatever OPENAI_CUSTOM_HEADERS holds. None of it is needed. */
const SENT_HEADERS = ['accept', 'authorization', 'content-type', 'user-agent'];

/**
 * A client that tries once, logs nothing and takes no setting from the environment behind our back.
 * Redirects are not followed: the person's words go to the configured host or nowhere.
 */
export function createOpenAiClient({ apiKey, baseUrl, timeoutMs }: ModelEndpoint): OpenAI {
  return new OpenAI({
    apiKey,
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    baseURL: baseUrl,
    // The caller bounds the call to its last byte; the client's own limit ends with the headers and must not come
    // first.
    timeout: 2 * timeoutMs,
    maxRetries: 0,
    logLevel: 'off',
    fetch: (url, init) => {
      const given = new Headers(init?.headers);
      const headers = SENT_HEADERS.flatMap((name): [string, string][] => {
        const value = given.get(name);
        return value === null ? [] : [[name, value]];
      });
      return fetch(url, { ...init, headers, redirect: 'manual' });
    },
  });
}
