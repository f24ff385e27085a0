import type { Request } from 'express';

/**
 * Whether a request that changes something comes from a page of ours or from a program, and not from another site's page
 * in somebody's browser. Browsers say where a request comes from; programs say nothing.
 */
export function isSameOrigin(request: Request, publicUrl: string): boolean {
  const site = request.get('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = request.get('origin');
  if (origin === undefined) return true;
  return (
    origin === new URL(publicUrl).origin ||
    origin === `${request.protocol}://${request.get('host')}`
  );
}
