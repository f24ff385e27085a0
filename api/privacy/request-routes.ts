import { json, Router, urlencoded } from 'express';
import type { RequestHandler } from 'express';
import { holdWords } from '../../domain/staff.ts';
import { html } from '../../lib/html.ts';
import { findByCode } from '../../store/requests/request-status.ts';
import { withdrawRequest } from '../../store/requests/requests.ts';
import { inTransaction } from '../../store/transaction.ts';
import { accountView } from './account-view.ts';
import { correct } from './correct-accounts.ts';
import { expiringElsewhere, keptElsewhere } from './expiring-elsewhere.ts';
import { deletionPage } from './deletion-page.ts';
import { makeRequest } from './make-request.ts';
import { refuse } from '../http/refuse.ts';
import type { RequestRouteDeps } from './request-route-deps.ts';
import { isSameOrigin } from '../http/same-origin.ts';
import { sendStatus } from './send-status.ts';
import type { CodeHandler } from './send-status.ts';
import { tellOrLeave } from './tell-or-leave.ts';
import { wantsPage } from '../http/wants-page.ts';

const CODE = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const NOT_FOUND = {
  status: 404,
  title: 'Not found',
  detail: 'There is no request with this code.',
};

/** The door for people: making a request, seeing where it stands, taking it back, and its certificate. */
export function requestRoutes(deps: RequestRouteDeps): Router {
  const router = Router();
  router.get(
    '/privacy/deletion',
    (_request, response) =>
      void response.type('html').send(String(deletionPage(deps.site, deps.mail))),
  );
  const body = [json({ limit: '32kb' }), urlencoded({ extended: false, limit: '32kb' })];
  router.post('/privacy/requests', ...body, makeRequest(deps));
  router.get('/privacy/requests/:code', withRequest(deps, showStatus(deps)));
  router.post('/privacy/requests/:code/accounts', ...body, withRequest(deps, correct(deps)));
  router.post('/privacy/requests/:code/withdraw', withRequest(deps, withdraw(deps)));
  router.get('/privacy/requests/:code/certificate', withRequest(deps, showCertificate(deps)));
  return router;
}

/** Finds the request of a code; an unknown and a malformed one are answered alike. */
function withRequest(deps: RequestRouteDeps, handle: CodeHandler): RequestHandler {
  return async (request, response) => {
    const code = String(request.params['code']).toUpperCase();
    const found = CODE.test(code) ? await findByCode(deps.db, deps.codeHash, code) : undefined;
    response.set('cache-control', 'no-store');
    if (found === undefined) return refuse(deps.site, request, response, NOT_FOUND);
    await handle(request, response, found, code);
  };
}

function showStatus(deps: RequestRouteDeps): CodeHandler {
  return async (request, response, found, code) => {
    if (wantsPage(request)) return sendStatus(deps, response, { found, code });
    response.json({
      right: found.right_asked,
      state: found.withdrawn_at === null ? found.state : 'withdrawn',
      received_at: found.received_at.toISOString(),
      due_at: found.due_at.toISOString(),
      accounts: found.accounts.map((account) => accountView(account, found.door)),
      stray_phrase_at: found.stray_phrase_at?.toISOString() ?? null,
      steps: found.steps.map(({ name, at }) => ({ name, at: at.toISOString() })),
      expiring_elsewhere: expiringElsewhere(found).map(({ where, until }) => ({
        where,
        until: until.toISOString(),
      })),
      kept_elsewhere: keptElsewhere(found).map((where) => ({ where })),
      outcome: found.closed_at === null ? null : found.state,
      reason: found.hold === null ? found.reason : holdWords(found.hold),
    });
  };
}

function withdraw(deps: RequestRouteDeps): CodeHandler {
  return async (request, response, found, code) => {
    const wayBack = html`<p><a href="/privacy/requests/${code}">Back to your request</a></p>`;
    if (!isSameOrigin(request, deps.publicUrl)) {
      const detail = 'Use the button on the status page.';
      return refuse(
        deps.site,
        request,
        response,
        { status: 403, title: 'Not from here', detail },
        wayBack,
      );
    }
    const result = await inTransaction(deps.db, (trx) => withdrawRequest(trx, found.id));
    if (result === 'too late') {
      const detail =
        'Erasing has begun, or the request has ended: it cannot be taken back any more.';
      return refuse(
        deps.site,
        request,
        response,
        { status: 409, title: 'Too late', detail },
        wayBack,
      );
    }
    await tellOrLeave(deps, found.id, 'withdrawn');
    if (wantsPage(request)) response.redirect(303, `/privacy/requests/${code}`);
    else response.json({ state: 'withdrawn' });
  };
}

function showCertificate({ site }: RequestRouteDeps): CodeHandler {
  return (request, response, { certificate }, code) => {
    if (certificate === undefined) {
      const wayBack = html`<p><a href="/privacy/requests/${code}">Back to your request</a></p>`;
      const problem = { status: 404, title: 'Not found', detail: 'There is no certificate yet.' };
      return refuse(site, request, response, problem, wayBack);
    }
    response.type('application/jose').attachment('erasure-certificate.jws').send(certificate);
  };
}
