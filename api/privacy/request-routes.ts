import { json, Router, urlencoded } from 'express';
import type { Request, RequestHandler, Response } from 'express';
import { findByCode } from '../../lib/postgres/request-status.ts';
import type { FoundRequest } from '../../lib/postgres/request-status.ts';
import { withdrawRequest } from '../../lib/postgres/requests.ts';
import { inTransaction } from '../../lib/postgres/transaction.ts';
import { findCertificate } from '../../lib/postgres/certificates.ts';
import type { RateLimit } from '../../lib/rate-limit.ts';
import { sendProblem } from '../problem.ts';
import type { Site } from '../site/site-page.ts';
import { deletionPage } from './deletion-page.ts';
import { openRequest } from './open-request.ts';
import type { OpenedRequest, OpenRequestDeps } from './open-request.ts';
import { requestForm } from './request-form.ts';
import { isSameOrigin } from './same-origin.ts';
import { openedPage, statusPage } from './status-page.ts';

export interface RequestRouteDeps extends OpenRequestDeps {
  publicUrl: string;
  limit: RateLimit;
  site: Site;
}

const CODE = /^[0-9A-HJKMNP-TV-Z]{26}$/;
const NOT_FOUND = { status: 404, title: 'Not found', detail: 'There is no request with this code.' };

/** The door for people: making a request, seeing where it stands, taking it back, and its certificate. */
export function requestRoutes(deps: RequestRouteDeps): Router {
  const router = Router();
  router.get('/privacy/deletion', (_request, response) => void response.type('html').send(String(deletionPage(deps.site))));
  const body = [json({ limit: '32kb' }), urlencoded({ extended: false, limit: '32kb' })];
  router.post('/privacy/requests', ...body, makeRequest(deps));
  router.get('/privacy/requests/:code', withRequest(deps, showStatus(deps)));
  router.post('/privacy/requests/:code/withdraw', withRequest(deps, withdraw(deps)));
  router.get('/privacy/requests/:code/certificate', withRequest(deps, showCertificate(deps)));
  return router;
}

function makeRequest(deps: RequestRouteDeps): RequestHandler {
  return async (request, response) => {
    if (!isSameOrigin(request, deps.publicUrl)) {
      return sendProblem(response, { status: 403, title: 'Not from here', detail: 'Use the form on our own page.' });
    }
    const waitMs = deps.limit.take();
    if (waitMs !== null) {
      response.set('retry-after', String(Math.ceil(waitMs / 1000)));
      return sendProblem(response, { status: 429, title: 'Too many requests', detail: 'Try again in a minute.' });
    }
    const form = requestForm.safeParse(request.body ?? {});
    if (!form.success) {
      const errors = form.error.issues.map(({ path, message }) => ({ field: path.join('.'), detail: message }));
      const detail = errors.map(({ field, detail: what }) => `${field}: ${what}`).join('; ');
      response.status(422).type('application/problem+json');
      response.send(JSON.stringify({ type: 'about:blank', title: 'Not understood', status: 422, detail, errors }));
      return;
    }
    const { right, instagram, whatsapp, description, reply_to: replyTo } = form.data;
    if (right !== 'erasure') {
      const detail = 'right: only erasure can be asked for here; for any other right write to our contact address';
      const errors = [{ field: 'right', detail }];
      response.status(422).type('application/problem+json');
      response.send(JSON.stringify({ type: 'about:blank', title: 'Not offered here', status: 422, detail, errors }));
      return;
    }
    const contact = { instagram, whatsapp, description, replyTo, chats: [] };
    const intake = request.is('json') ? 'api' : 'form';
    answerOpened(deps, request, response, await openRequest(deps, { right, intake, contact }));
  };
}

function answerOpened(deps: RequestRouteDeps, request: Request, response: Response, opened: OpenedRequest): void {
  const statusUrl = `${deps.publicUrl}/privacy/requests/${opened.code}`;
  response.status(202).set('cache-control', 'no-store');
  if (request.accepts(['json', 'html']) === 'html') {
    response.type('html').send(String(openedPage(deps.site, opened, statusUrl)));
    return;
  }
  response.json({
    code: opened.code,
    status_url: statusUrl,
    due_at: new Date(opened.input.dueAtMs).toISOString(),
    verification: {
      instruction: `Send this phrase, as a message of its own, from each account that you named to our account: ${opened.phrase}`,
      phrase: opened.phrase,
    },
  });
}

type CodeHandler = (request: Request, response: Response, found: FoundRequest, code: string) => void | Promise<void>;

/** Finds the request of a code; an unknown and a malformed one are answered alike. */
function withRequest(deps: RequestRouteDeps, handle: CodeHandler): RequestHandler {
  return async (request, response) => {
    const code = String(request.params['code']).toUpperCase();
    const found = CODE.test(code) ? await findByCode(deps.db, deps.codeHash, code) : undefined;
    response.set('cache-control', 'no-store');
    if (found === undefined) return sendProblem(response, NOT_FOUND);
    await handle(request, response, found, code);
  };
}

function showStatus({ site }: RequestRouteDeps): CodeHandler {
  return (request, response, found, code) => {
    if (request.accepts(['json', 'html']) === 'html') {
      response.type('html').send(String(statusPage(site, found, code, new Date())));
      return;
    }
    const until = found.expiring_until;
    response.json({
      right: found.right_asked,
      state: found.state,
      received_at: found.received_at.toISOString(),
      due_at: found.due_at.toISOString(),
      steps: found.steps.map(({ name, at }) => ({ name, at: at.toISOString() })),
      expiring_elsewhere: until === null ? [] : [{ where: 'the log of our AI provider', until: until.toISOString() }],
      outcome: found.closed_at === null ? null : found.state,
      reason: found.reason,
    });
  };
}

function withdraw(deps: RequestRouteDeps): CodeHandler {
  return async (request, response, found, code) => {
    if (!isSameOrigin(request, deps.publicUrl)) {
      return sendProblem(response, { status: 403, title: 'Not from here', detail: 'Use the button on the status page.' });
    }
    const result = await inTransaction(deps.db, (trx) => withdrawRequest(trx, found.id));
    if (result === 'too late') {
      const detail = 'Erasing has begun, or the request has ended: it cannot be taken back any more.';
      return sendProblem(response, { status: 409, title: 'Too late', detail });
    }
    await tellOrLeave(deps, found.id);
    if (request.accepts(['json', 'html']) === 'html') response.redirect(303, `/privacy/requests/${code}`);
    else response.json({ state: 'withdrawn' });
  };
}

function showCertificate({ db }: RequestRouteDeps): CodeHandler {
  return async (_request, response, found) => {
    const jws = await findCertificate(db, found.id);
    if (jws === undefined) {
      return sendProblem(response, { status: 404, title: 'Not found', detail: 'There is no certificate yet.' });
    }
    response.type('application/jose').attachment('erasure-certificate.jws').send(jws);
  };
}

async function tellOrLeave({ requests, log }: OpenRequestDeps, requestId: string): Promise<void> {
  try {
    await requests.tell(requestId, 'withdrawn');
  } catch (error) {
    log.warn({ event: 'request waits', error }, 'a withdrawn request could not be told; it looks by itself every hour');
  }
}
