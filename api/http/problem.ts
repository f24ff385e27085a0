import type { Response } from 'express';
import { wantsPage } from './wants-page.ts';
import { pageLanguage } from '../site/page-language.ts';
import { problemPage } from '../site/problem-page.ts';
import type { Site } from '../site/site-page.ts';

/** An error as RFC 9457 describes it. `detail` says what to do, and never repeats what was sent. */
export interface Problem {
  status: number;
  title: string;
  detail: string;
}

/**
 * The name under which an application keeps the site whose pages it serves. Without one, everybody is answered with
 * problem documents.
 */
export const SITE_OF_APP = 'site of the pages';

/** Answers a browser with a page, and a program with a problem document. */
export function sendProblem(response: Response, problem: Problem): void {
  const { status, title, detail } = problem;
  const site = response.app.get(SITE_OF_APP) as Site | undefined;
  response.status(status).vary('Accept');
  if (site !== undefined && wantsPage(response.req)) {
    const page = problemPage(site, problem, pageLanguage(response.req));
    response.vary('Accept-Language').type('html').send(String(page));
    return;
  }
  response
    .type('application/problem+json')
    .send(JSON.stringify({ type: 'about:blank', title, status, detail }));
}
