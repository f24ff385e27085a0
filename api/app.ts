import express from 'express';
import type { ErrorRequestHandler, Express, Router } from 'express';
import helmet from 'helmet';
import type { Log } from '../lib/log.ts';
import { sendProblem, SITE_OF_APP } from './http/problem.ts';
import type { Site } from './site/site-page.ts';

/** Nothing but our own files is loaded by any page, and no page of ours is framed. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** The parts of an application. */
export interface AppParts {
  routers: readonly Router[];
  log: Log;
  /** The site whose pages browsers get when something fails; without it they get problem documents, as programs do. */
  site?: Site;
}

/** The HTTP application: the routes given, behind safe headers, and a refusal for everything else. */
export function createApp({ routers, log, site }: AppParts): Express {
  const app = express();
  app.set(SITE_OF_APP, site);
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(
    helmet({
      contentSecurityPolicy: CONTENT_SECURITY_POLICY,
      referrerPolicy: { policy: 'no-referrer' },
    }),
  );
  for (const router of routers) app.use(router);
  app.use((_request, response) => {
    sendProblem(response, {
      status: 404,
      title: 'Not found',
      detail: 'There is nothing at this address.',
    });
  });
  app.use(answerError(log));
  return app;
}

function answerError(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = clientErrorOf(error);
    if (status === 413) {
      return sendProblem(response, { status, title: 'Too large', detail: 'Send less at once.' });
    }
    if (status !== null) {
      return sendProblem(response, {
        status,
        title: 'Not understood',
        detail: 'The request is not well formed.',
      });
    }
    log.error({ method: request.method, error }, 'a request failed');
    const detail = 'Something is broken on our side. Try again later.';
    return sendProblem(response, { status: 500, title: 'Internal error', detail });
  };
}

/** The 4xx status that Express and its body readers give to a bad request. */
function clientErrorOf(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : null;
}
