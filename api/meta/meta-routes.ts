import { Router, urlencoded } from 'express';
import type { RequestHandler, Response } from 'express';
import { readSignedRequest } from '../../lib/meta/signed-request.ts';
import type { SignedRequest } from '../../lib/meta/signed-request.ts';
import { sendProblem } from '../http/problem.ts';
import type { createUnprovenCalls } from '../webhooks/unproven-calls.ts';
import { openMetaRequest, openRemoval } from './open-meta-request.ts';
import type { MetaRequestDeps } from './open-meta-request.ts';

export interface MetaRouteDeps extends MetaRequestDeps {
  /** Any of the app's secrets may have signed. */
  secrets: readonly string[];
  publicUrl: string;
  /** Told of each call that is not proven to be Meta's. */
  unproven: ReturnType<typeof createUnprovenCalls>;
}

/** Meta's callbacks for data deletion and for the removal of the app, both with a `signed_request`. */
export function metaRoutes(deps: MetaRouteDeps): Router {
  const router = Router();
  const body = urlencoded({ extended: false, limit: '64kb' });
  router.post('/meta/data-deletion', body, dataDeletion(deps));
  router.post('/meta/deauthorize', body, deauthorize(deps));
  return router;
}

const NOT_GENUINE = {
  status: 400,
  title: 'Not genuine',
  detail: 'The form field signed_request must be signed by Meta for this app.',
};

/** Source: Meta, data deletion callback: answer with a page for the person and a code. */
function dataDeletion(deps: MetaRouteDeps): RequestHandler {
  return async (request, response) => {
    const signed = readProven(deps, request.body);
    if (signed === null || signed.userId === null) return sendProblem(response, NOT_GENUINE);
    const { userId, issuedAt } = signed;
    answerWithPage(deps, response, await openMetaRequest(deps, { userId, issuedAt }));
  };
}

/** The app was removed from an account. That is no request for deletion: the page says so, and how to make one. */
function deauthorize(deps: MetaRouteDeps): RequestHandler {
  return async (request, response) => {
    const signed = readProven(deps, request.body);
    if (signed === null) return sendProblem(response, NOT_GENUINE);
    deps.log.warn(
      { event: 'app removed' },
      'Meta says that this app was removed from an account: its token is of no use any more',
    );
    answerWithPage(deps, response, await openRemoval(deps, signed));
  };
}

function answerWithPage({ publicUrl }: MetaRouteDeps, response: Response, code: string): void {
  response.json({ url: `${publicUrl}/privacy/requests/${code}`, confirmation_code: code });
}

function readProven(deps: MetaRouteDeps, body: unknown): SignedRequest | null {
  const field = fieldOf(body);
  const signed = readSignedRequest(field, deps.secrets);
  if (signed === null) deps.unproven('callback', field === '' ? 'no proof' : 'wrong proof');
  return signed;
}

function fieldOf(body: unknown): string {
  if (typeof body !== 'object' || body === null || !('signed_request' in body)) return '';
  return typeof body.signed_request === 'string' ? body.signed_request : '';
}
