import type { Language } from '../../domain/assistant.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { PROBLEM_WORDS } from './problem-words.ts';
import type { ProblemKind } from './problem-words.ts';
import { sitePage } from './site-page.ts';
import type { Site } from './site-page.ts';

/**
 * The page that a browser gets for a problem: in English with the problem's own words, in the other languages with those
 * of its kind. `wayOn` replaces the ways to the front page and to deletion.
 */
export function problemPage(
  site: Site,
  problem: { status: number; title: string; detail: string },
  language: Language,
  wayOn?: Html,
): Html {
  const words = wordsFor(problem, language);
  const main = html`
    <p>${words.detail}</p>
    ${
      wayOn ??
      html`
        <ul>
          <li><a href="/">${words.front}</a></li>
          <li><a href="/privacy/deletion">${words.deletion}</a></li>
        </ul>
      `
    }
  `;
  return sitePage(site, { title: words.title, main, language });
}

function wordsFor(problem: { status: number; title: string; detail: string }, language: Language) {
  if (language === 'en')
    return {
      ...problem,
      front: 'To the front page',
      deletion: 'How to have your data deleted',
    };
  const { front, deletion, ...kinds } = PROBLEM_WORDS[language];
  return { ...kinds[kindOf(problem.status)], front, deletion };
}

function kindOf(status: number): ProblemKind {
  if (status === 404) return 'not found';
  if (status === 401 || status === 403) return 'not allowed';
  if (status === 413 || status === 429) return 'too much';
  return status < 500 ? 'not understood' : 'broken';
}
