import type { StaffRouteDeps } from './staff-route-deps.ts';

/** Tells a request's workflow to look again; what there is to see it finds in the database. */
export async function tellRequest(
  { requests, log }: Pick<StaffRouteDeps, 'requests' | 'log'>,
  requestId: string,
): Promise<void> {
  try {
    await requests.tell(requestId, 'confirmed');
  } catch (error) {
    log.warn(
      { event: 'request waits', error },
      'a request could not be told what staff decided; the reconcile schedule will',
    );
  }
}
