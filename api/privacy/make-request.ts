import type { Request, RequestHandler, Response } from 'express';
import { deletionPage } from './deletion-page.ts';
import { openRequest } from './open-request.ts';
import type { OpenedRequest } from './open-request.ts';
import { refuse } from '../http/refuse.ts';
import { errorsOf, NO_MAIL, requestForm } from './request-form.ts';
import type { FieldError } from './request-form.ts';
import { takeMail, takeRequest } from './request-limits.ts';
import type { TooMany } from './request-limits.ts';
import type { RequestRouteDeps } from './request-route-deps.ts';
import { isSameOrigin } from '../http/same-origin.ts';
import { wantsPage } from '../http/wants-page.ts';

const NOT_OFFERED =
  'only erasure can be asked for here; for any other right write to our contact address';

/** `POST /privacy/requests`: takes a request in, whether or not we know anybody whom it could mean. */
export function makeRequest(deps: RequestRouteDeps): RequestHandler {
  return async (request, response) => {
    if (!isSameOrigin(request, deps.publicUrl)) {
      const detail = 'Use the form on our own page.';
      return refuse(deps.site, request, response, { status: 403, title: 'Not from here', detail });
    }
    const form = requestForm.safeParse(request.body ?? {});
    if (!form.success) return answerErrors(deps, request, response, errorsOf(form.error));
    const { right, instagram, whatsapp, description, reply_to: replyTo } = form.data;
    if (right !== 'erasure')
      return answerErrors(deps, request, response, [{ field: 'right', detail: NOT_OFFERED }]);
    if (replyTo !== undefined && deps.mail === 'none')
      return answerErrors(deps, request, response, [{ field: 'reply_to', detail: NO_MAIL }]);
    const tooMany = await takeRequest(deps.limits, deps.clientOf(request));
    if (tooMany !== null) return refuseForNow(deps, request, response, tooMany);
    // Over the limit, a request is still taken in and answered in the same way: otherwise the answer would tell anybody
    // whether the owner of this address has asked today.
    const isMailed = replyTo !== undefined && (await takeMail(deps.limits, replyTo));
    const contact = {
      instagram,
      whatsapp,
      description,
      replyTo: isMailed ? replyTo : undefined,
    };
    const intake = request.is('json') ? 'api' : 'form';
    answerOpened(deps, request, response, await openRequest(deps, { right, intake, contact }));
  };
}

const TOO_MANY: Readonly<Record<TooMany['whose'], string>> = {
  'of this client':
    'Too many requests came from your network at this moment. Try again in a minute, or write "delete my data" in the chat.',
  'of all':
    'Too many people ask at this moment. Try again in a minute, or write "delete my data" in the chat.',
};

function refuseForNow(
  { site }: RequestRouteDeps,
  request: Request,
  response: Response,
  { waitMs, whose }: TooMany,
): void {
  response.set('retry-after', String(Math.ceil(waitMs / 1000)));
  const problem = { status: 429, title: 'Too many requests', detail: TOO_MANY[whose] };
  refuse(site, request, response, problem);
}

function answerErrors(
  { site, mail }: RequestRouteDeps,
  request: Request,
  response: Response,
  errors: FieldError[],
): void {
  response.status(422);
  if (wantsPage(request)) {
    response
      .type('html')
      .send(String(deletionPage(site, mail, { values: textsOf(request.body), errors })));
    return;
  }
  const detail = errors.map(({ field, detail: what }) => `${field}: ${what}`).join('; ');
  const problem = { type: 'about:blank', title: 'Not understood', status: 422, detail, errors };
  response.type('application/problem+json').send(JSON.stringify(problem));
}

/** What was entered, to be shown again. */
function textsOf(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).filter(([, value]) => typeof value === 'string'),
  ) as Record<string, string>;
}

function answerOpened(
  deps: RequestRouteDeps,
  request: Request,
  response: Response,
  opened: OpenedRequest,
): void {
  const path = `/privacy/requests/${opened.code}`;
  response.set('cache-control', 'no-store');
  // A page of its own, with the phrase: one that can be opened again when a phone has dropped it.
  if (wantsPage(request)) return response.redirect(303, path);
  const statusUrl = `${deps.publicUrl}${path}`;
  response.status(202).json({
    code: opened.code,
    status_url: statusUrl,
    due_at: new Date(opened.input.dueAtMs).toISOString(),
    understood: opened.understood,
    verification: {
      instruction: `Send this phrase, as a message of its own, from each account that you named to our account: ${opened.phrase}`,
      phrase: opened.phrase,
    },
  });
}
