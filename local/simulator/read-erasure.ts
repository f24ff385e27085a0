import { z } from 'zod';
import { REQUEST_STATES } from '../../domain/privacy-request.ts';
import type { ErasureSeen } from './erasure-view.ts';
import type { Phone } from './phones.ts';

const Status = z.object({
  state: z.enum(REQUEST_STATES),
  expiring_elsewhere: z.array(z.object({ until: z.string() })),
});

/** States of a request whose person is being erased, or was. */
const ERASING: ReadonlySet<string> = new Set([
  'working',
  'erased here',
  'waiting for others',
  'finished',
] satisfies (typeof REQUEST_STATES)[number][]);

const TIMEOUT_MS = 5_000;

/**
 * Reads the page of the request that was offered on a phone: nobody but its person has the address, and here that is the
 * phone. Null when none was offered there, or it erases nobody.
 */
export function createReadErasure({ webhookBase }: { webhookBase: () => string }) {
  const get = (path: string) =>
    fetch(`${webhookBase()}${path}`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  return async ({ messages }: Phone): Promise<ErasureSeen | null> => {
    const path = messages
      .filter(({ from }) => from === 'business')
      .flatMap(({ text }) => text.match(/\/privacy\/requests\/\w+/g) ?? [])
      .at(-1);
    if (path === undefined) return null;
    const page = await get(path);
    const status = page.ok ? Status.safeParse(await page.json()).data : undefined;
    if (status === undefined || !ERASING.has(status.state)) return null;
    const certificate = await get(`${path}/certificate`);
    await certificate.arrayBuffer();
    return {
      path,
      state: status.state,
      hasCertificate: certificate.ok,
      lastForeignCopy:
        status.expiring_elsewhere
          .map(({ until }) => until)
          .toSorted()
          .at(-1) ?? null,
    };
  };
}
