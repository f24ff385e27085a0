import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';

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
}

/** One page for the public: works without JavaScript, on a phone and on paper. */
export function sitePage(site: Site, { title, main, scripts = [] }: SitePage): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · ${site.companyName}</title>
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/site.css" />
        ${scripts.map((address) => html`<script type="module" src="${address}"></script>`)}
      </head>
      <body>
        <header class="site-header">
          <p class="site-name">${site.companyName}</p>
          <nav aria-label="Privacy">
            <a href="/privacy/deletion">Delete my data</a>
            <a href="/privacy/certificate">Check a certificate</a>
          </nav>
        </header>
        <main>
          <h1>${title}</h1>
          ${main}
        </main>
        <footer>
          <p>
            Questions about privacy: <a href="mailto:${site.contactEmail}">${site.contactEmail}</a>
          </p>
        </footer>
      </body>
    </html>`;
}
