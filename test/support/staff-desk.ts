import { startFakeIssuer } from '../fakes/oidc/fake-issuer.ts';
import type { Installation } from './installation.ts';

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers };

/** An identity provider for one test file, and the setting that names it. */
export async function staffIssuer() {
  const issuer = await startFakeIssuer();
  afterAll(() => issuer.close());
  return { issuer, settings: { OIDC_ISSUER: issuer.url } };
}

/** The door for staff as a program uses it. */
export function staffDesk(
  mayfly: Pick<Installation, 'url'>,
  { issuer }: Awaited<ReturnType<typeof staffIssuer>>,
) {
  const call = async (
    authorization: string | null,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer> => {
    const response = await fetch(mayfly.url(`/staff/api/${path}`), {
      method,
      headers: {
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
      headers: response.headers,
    };
  };
  return {
    call,
    /** Somebody who signs in anew for each call. */
    as: (name: string, ...roles: string[]) => {
      const ask = async (method: string, path: string, body?: unknown) =>
        call(`Bearer ${await issuer.token({ sub: name, roles })}`, method, path, body);
      return {
        get: (path: string) => ask('GET', path),
        post: (path: string, body: unknown = {}) => ask('POST', path, body),
        del: (path: string) => ask('DELETE', path),
      };
    },
  };
}
