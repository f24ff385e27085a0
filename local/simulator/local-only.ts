import type { RequestHandler } from 'express';
import { sendProblem } from '../../api/http/problem.ts';

/** What a browser calls this machine, in `Host`. */
const LOCAL = /^(?:localhost|(?:[a-z0-9-]+\.)+localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/**
 * Serves only requests that were addressed to this machine, or to the public address if the page was given one: a
 * foreign page whose name was pointed at this machine would otherwise count as our own.
 */
export function localOnly(publicUrl: string | null): RequestHandler {
  const publicHost = publicUrl === null ? null : new URL(publicUrl).hostname;
  return (request, response, next) => {
    const host = request.hostname ?? '';
    if (LOCAL.test(host) || host === publicHost) return next();
    const detail = 'The simulator answers on this machine only, as localhost.';
    sendProblem(response, { status: 403, title: 'Not for this address', detail });
  };
}

/**
 * Refuses what another site's page sends here, and anything that is not JSON: a form or a plain text of another site
 * needs no permission to be sent, JSON does. Programs other than browsers do not say where they come from.
 */
export const jsonOfOurPage: RequestHandler = (request, response, next) => {
  if (isOtherSite(request.get('sec-fetch-site'), request.get('origin'), request.get('host'))) {
    const detail = 'Only the page of the simulator itself may do this.';
    return sendProblem(response, { status: 403, title: 'Not from here', detail });
  }
  if (request.method !== 'POST' || request.is('application/json')) return next();
  const detail = 'Send JSON, with content type application/json.';
  sendProblem(response, { status: 415, title: 'Not JSON', detail });
};

function isOtherSite(
  fetchSite: string | undefined,
  origin: string | undefined,
  host: string | undefined,
): boolean {
  if (fetchSite !== undefined) return fetchSite !== 'same-origin';
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}
