import type { Request, Response } from 'express';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { sendProblem } from '../problem.ts';
import type { Problem } from '../problem.ts';
import { sitePage } from '../site/site-page.ts';
import type { Site } from '../site/site-page.ts';
import { wantsPage } from './wants-page.ts';

/** Says no: to a program with a problem document, to a person with a page that says the same and where to go on. */
export function refuse(
  site: Site,
  request: Request,
  response: Response,
  problem: Problem,
  wayOn?: Html,
): void {
  if (!wantsPage(request)) return sendProblem(response, problem);
  const main = html`
    <p>${problem.detail}</p>
    ${wayOn ?? html`<p><a href="/privacy/deletion">How to have your data deleted</a></p>`}
  `;
  response
    .status(problem.status)
    .type('html')
    .send(String(sitePage(site, { title: problem.title, main })));
}
