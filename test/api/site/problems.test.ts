import { json, Router } from 'express';
import { createApp } from '../../../api/app.ts';
import { sendProblem } from '../../../api/http/problem.ts';
import { PROBLEM_WORDS } from '../../../api/site/problem-words.ts';
import { listen } from '../../../lib/http-server.ts';
import { createLog } from '../../../lib/log.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const PROGRAMS = [
  undefined,
  '*/*',
  'application/json',
  'application/problem+json',
  'text/event-stream',
];
const router = Router();
router.get('/broken', () => {
  throw new Error('a secret of the inside');
});
router.get('/shut', (_, response) =>
  sendProblem(response, { status: 401, title: 'Not signed in', detail: 'Sign in first.' }),
);
router.get('/named/:name', (_, response) => void response.end());
router.post('/small', json({ limit: 10 }), (_, response) => void response.end());

const log = createLog('test', { write: () => undefined });
const site = { companyName: 'Example Bakery', contactEmail: 'privacy@example.com' };
const server = await listen(createApp({ routers: [router], log, site }), {
  host: '127.0.0.1',
  port: 0,
});
afterAll(() => server.close());

function ask(path: string, accept?: string, init: RequestInit = {}): Promise<Response> {
  const headers = {
    'content-type': 'application/json',
    ...(accept === undefined ? {} : { accept }),
  };
  return fetch(`http://127.0.0.1:${server.port}${path}`, { ...init, headers });
}

interface Failure {
  path: string;
  status: number;
  words: string;
  init?: RequestInit;
}
const FAILURES: Failure[] = [
  { path: '/nowhere', status: 404, words: 'There is nothing at this address.' },
  { path: '/nowhere?lang=<b>', status: 404, words: 'There is nothing at this address.' },
  { path: '/shut', status: 401, words: 'Sign in first.' },
  { path: '/broken', status: 500, words: 'Something is broken on our side.' },
  { path: '/named/%E0%A4%A', status: 400, words: 'The request is not well formed.' },
  {
    path: '/small',
    status: 413,
    words: 'Send less at once.',
    init: { method: 'POST', body: '"more than that"' },
  },
];

test.each(FAILURES)(
  '$path answers a browser with a page that says what is wrong and leads on, under status $status',
  async ({ path, status, words, init }) => {
    const answer = await ask(path, BROWSER, init);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      'text/html; charset=utf-8',
    ]);
    expect(answer.headers.get('vary')).toMatch(/Accept\b.*Accept-Language/);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
    const page = await answer.text();
    for (const shown of [words, 'Example Bakery', 'href="/"', 'href="/privacy/deletion"'])
      expect(page).toContain(shown);
    expect(page).not.toMatch(/a secret|<b>|nowhere/);
  },
);

test.each(FAILURES)(
  '$path answers a program with a problem document under status $status',
  async ({ path, status, words, init }) => {
    for (const accept of PROGRAMS) {
      const answer = await ask(path, accept, init);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(await answer.json()).toMatchObject({
        type: 'about:blank',
        status,
        detail: expect.stringContaining(words),
      });
    }
  },
);

test.each(Object.entries(PROBLEM_WORDS))(
  'a problem page in %s is in that language as a whole',
  async (language, words) => {
    const page = await (await ask(`/broken?lang=${language}`, BROWSER)).text();
    for (const shown of [words.broken.title, words.broken.detail, words.front, words.deletion])
      expect(page).toContain(shown);
    expect(page).toContain(`<html lang="${language}">`);
    expect(page).not.toContain('Something is broken');
  },
);
