import { LANGUAGES } from '../../domain/assistant.ts';
import type { Language } from '../../domain/assistant.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import type { UiAddresses } from '../../lib/temporal/ui-addresses.ts';
import { FRONT_WORDS, LANGUAGE_NAMES } from './front-words.ts';
import { sitePage } from './site-page.ts';
import type { Site } from './site-page.ts';

/** What the front page leads to beside the person's own door: nothing in production. */
export interface FrontDoors {
  hasSimulator: boolean;
  temporal: UiAddresses | null;
}

/** `GET /`: who this is, and a card for each door. */
export function frontPage(site: Site, doors: FrontDoors, language: Language): Html {
  const words = FRONT_WORDS[language];
  const { companyName } = site;
  const isLocal = doors.hasSimulator || doors.temporal !== null;
  const main = html`
    <p>${words.who(companyName)}</p>
    <div class="cards">
      ${doors.hasSimulator && simulatorCard(language, companyName)}
      ${deletionCard(language, companyName)}
      ${doors.temporal !== null && temporalCard(language, doors.temporal)}
    </div>
    ${isLocal && html`<p class="hint">${words.staff.onlyHere}</p>`} ${languageLinks(language)}
  `;
  return sitePage(site, { title: words.title(companyName), main, language, isWide: isLocal });
}

function simulatorCard(language: Language, companyName: string): Html {
  const { title, text, open } = FRONT_WORDS[language].simulator;
  return html`
    <section class="card" aria-labelledby="simulator">
      <h2 id="simulator">${title}</h2>
      <p>${text(companyName)}</p>
      <p><a class="button" href="/simulator">${open}</a></p>
    </section>
  `;
}

function deletionCard(language: Language, companyName: string): Html {
  const { deletion, certificate } = FRONT_WORDS[language];
  return html`
    <section class="card" aria-labelledby="deletion">
      <h2 id="deletion">${deletion.title}</h2>
      <p>${deletion.text(companyName)}</p>
      <p><a class="button" href="/privacy/deletion">${deletion.ask}</a></p>
      <form method="get" action="/privacy/requests">
        <label for="code">${deletion.code}</label>
        <p class="hint" id="code-hint">${deletion.hint}</p>
        <input
          id="code"
          name="code"
          type="text"
          required
          maxlength="200"
          autocomplete="off"
          autocapitalize="characters"
          spellcheck="false"
          aria-describedby="code-hint"
        />
        <button type="submit" class="quiet">${deletion.show}</button>
      </form>
      <p><a href="/privacy/certificate">${certificate}</a></p>
    </section>
  `;
}

function temporalCard(language: Language, temporal: UiAddresses): Html {
  const { title, text, conversations, requests } = FRONT_WORDS[language].staff;
  return html`
    <section class="card" aria-labelledby="staff">
      <h2 id="staff">${title}</h2>
      <p>${text}</p>
      <p><a class="button" href="${temporal.requests}">${requests}</a></p>
      <p><a href="${temporal.conversations}">${conversations}</a></p>
    </section>
  `;
}

function languageLinks(shown: Language): Html {
  return html`
    <nav class="languages" aria-label="${FRONT_WORDS[shown].languages}">
      ${LANGUAGES.map((language) =>
        language === shown
          ? html`<span lang="${language}" aria-current="true">${LANGUAGE_NAMES[language]}</span> `
          : html`<a href="/?lang=${language}" lang="${language}" hreflang="${language}"
              >${LANGUAGE_NAMES[language]}</a
            > `,
      )}
    </nav>
  `;
}
