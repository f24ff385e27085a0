import type { Language } from '../../domain/assistant.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { FRAME_WORDS } from './frame-words.ts';

/** Whose pages they are, and where a person can turn to (policy X1). */
export interface Site {
  companyName: string;
  contactEmail: string;
}

export interface SitePage {
  title: string;
  main: Html;
  /** Addresses of modules among our own assets. */
  scripts?: readonly string[];
  /** English, if it is not given. */
  language?: Language;
  /** For cards beside each other, in place of lines of text. */
  isWide?: boolean;
}

/** One page for the public: works without JavaScript, on a phone and on paper. */
export function sitePage(site: Site, page: SitePage): Html {
  const { title, main, scripts = [], language = 'en', isWide = false } = page;
  const words = FRAME_WORDS[language];
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · ${site.companyName}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/site.css" />
        ${scripts.map((address) => html`<script type="module" src="${address}"></script>`)}
      </head>
      <body ${isWide && html`class="wide"`}>
        <header class="site-header">
          <p class="site-name"><a href="/">${site.companyName}</a></p>
          <nav aria-label="${words.privacy}">
            <a href="/privacy/deletion">${words.deleteMyData}</a>
            <a href="/privacy/certificate">${words.checkCertificate}</a>
          </nav>
        </header>
        <main>
          <h1>${title}</h1>
          ${main}
        </main>
        <footer>
          <p>${words.questions} <a href="mailto:${site.contactEmail}">${site.contactEmail}</a></p>
        </footer>
      </body>
    </html>`;
}
