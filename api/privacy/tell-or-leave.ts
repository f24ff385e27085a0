import type { OpenRequestDeps } from './open-request.ts';

/** Tells a request's workflow to look; while Temporal is away, the reconcile schedule does. */
export async function tellOrLeave(
  { requests, log }: Pick<OpenRequestDeps, 'requests' | 'log'>,
  requestId: string,
  news: 'confirmed' | 'withdrawn',
): Promise<void> {
  try {
    await requests.tell(requestId, news);
  } catch (error) {
    log.warn(
      { event: 'request waits', error },
      'a request could not be told what its person did; the reconcile schedule will',
    );
  }
}
