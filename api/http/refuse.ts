import type { Request, Response } from 'express';
import type { Html } from '../../lib/html.ts';
import { sendProblem } from './problem.ts';
import type { Problem } from './problem.ts';
import { problemPage } from '../site/problem-page.ts';
import type { Site } from '../site/site-page.ts';
import { wantsPage } from './wants-page.ts';

/** Says no: a program gets a problem document, a person a page that says the same and where to go on. */
export function refuse(
  site: Site,
  request: Request,
  response: Response,
  problem: Problem,
  wayOn?: Html,
): void {
  if (!wantsPage(request)) return sendProblem(response, problem);
  // In English, like the pages that it belongs to: what is wrong with a request needs its own words.
  const page = problemPage(site, problem, 'en', wayOn);
  response.status(problem.status).type('html').send(String(page));
}
