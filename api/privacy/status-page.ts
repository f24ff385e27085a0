import { HOUR_MS } from '../../domain/durations.ts';
import type { Channel } from '../../domain/channels.ts';
import type { RequestState } from '../../domain/privacy-request.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import type { FoundRequest } from '../../store/requests/request-status.ts';
import { sitePage } from '../site/site-page.ts';
import type { Site } from '../site/site-page.ts';
import { accountList } from './account-words.ts';
import { correctionForm, strayNotice } from './correction-form.ts';
import { expiringElsewhere, keptElsewhere } from './expiring-elsewhere.ts';
import { pageTime } from './page-time.ts';
import type { FieldError } from './request-form.ts';
import { nameOf, wordsFor } from './status-words.ts';

interface Shown {
  statusUrl: string;
  now: Date;
  /** Null when no phrase is waited for. */
  phrase: string | null;
  /** What the accounts are called, as far as that is shown. */
  named: Partial<Record<Channel, string>>;
  /** What is wrong with a correction of the accounts. */
  errors: readonly FieldError[];
}

/** The status page of a request: where it stands, its clock, what happens next, and what still expires elsewhere. */
export function statusPage(site: Site, request: FoundRequest, shown: Shown): Html {
  const { statusUrl, now, phrase, named, errors } = shown;
  const { now: title, next, tone } = wordsFor(request, phrase !== null);
  const path = new URL(statusUrl).pathname;
  const main = html`
    <p class="${tone === '' ? 'state' : `state state-${tone}`}">${title}</p>
    <p>${next}</p>
    ${phrase === null ? null : phrasePanel(phrase)} ${strayNotice(request)}
    ${request.reason === null ? null : html`<p>Reason: ${request.reason}.</p>`}
    ${accountList(request, named)} ${correctionForm(request, { path, errors, now })}
    ${clock(site, request, now)} ${steps(request)} ${elsewhere(request)}
    ${certificate(request, path)} ${takeBack(request, path)}
    <h2>This page</h2>
    <p>Keep its address: it is the only way here, and we cannot look it up for you.</p>
    <p><a href="${statusUrl}">${statusUrl}</a></p>
  `;
  return sitePage(site, { title: 'Your request to delete data', main });
}

function phrasePanel(phrase: string): Html {
  return html`
    <div class="panel">
      <p>
        Send this phrase, as a message of its own, from each account that is not confirmed yet, to
        our account there:
      </p>
      <p class="phrase">${phrase}</p>
      <p class="hint">
        Nothing is deleted before you send it. It is shown here until the answer is due, and is of
        no use after that.
      </p>
    </div>
  `;
}

function clock({ contactEmail }: Site, request: FoundRequest, now: Date): Html {
  const { received_at: received, due_at: due, closed_at: closed } = request;
  const hours = Math.round((due.getTime() - received.getTime()) / HOUR_MS);
  const passed = Math.min(Math.max((now.getTime() - received.getTime()) / HOUR_MS, 0), hours);
  const answered = request.steps.find(({ name }) => name === 'erased here')?.at ?? closed;
  const isLate = answered === null && now > due;
  return html`
    <dl>
      <dt>Received</dt>
      <dd>${pageTime(received)}</dd>
      <dt>Answer due</dt>
      <dd>${pageTime(due)}</dd>
      ${
        answered === null
          ? null
          : html`<dt>Answered</dt>
              <dd>${pageTime(answered)}</dd>`
      }
    </dl>
    ${
      answered !== null || isLate
        ? null
        : html`<p>
            <label for="clock">${Math.floor(passed)} of ${hours} hours have passed</label>
            <progress id="clock" value="${passed.toFixed(1)}" max="${hours}"></progress>
          </p>`
    }
    ${
      isLate
        ? html`<p class="panel panel-bad">
            This is late, and that is on record. Work on it goes on. You can
            <a href="/privacy/deletion">ask again</a>, or write to
            <a href="mailto:${contactEmail}">${contactEmail}</a>.
          </p>`
        : null
    }
  `;
}

/** The steps of a request that goes well. */
const WAY: readonly RequestState[] = [
  'received',
  'confirm it is you',
  'working',
  'erased here',
  'finished',
];

function steps({
  steps: taken,
  closed_at: closed,
  withdrawn_at: withdrawn,
  intake,
  hold,
}: FoundRequest): Html {
  const names = taken.map(({ name }) => name);
  const furthest = Math.max(...names.map((name) => WAY.indexOf(name)));
  const isOnItsWay = closed === null && withdrawn === null;
  // Meta has already confirmed who is asking.
  const ahead = WAY.slice(furthest + 1).filter(
    (name) => intake !== 'meta' || name !== 'confirm it is you',
  );
  return html`
    <h2>Steps</h2>
    <ol class="steps">
      ${taken.map(({ name, at }) => html`<li>${nameOf(name, hold)}: ${pageTime(at)}</li>`)}
      ${isOnItsWay ? ahead.map((name) => html`<li class="ahead">${nameOf(name, hold)}: not yet</li>`) : null}
    </ol>
  `;
}

/** In words for people. */
const PLACES: Readonly<Record<string, string>> = {
  'log of the AI provider': 'The log of our AI provider',
  'key backups': 'Backups of keys, which can be opened for two days and no longer',
  'guard against late messages':
    'The guard against late messages from before the deletion, which knows only hashes',
  'WhatsApp Cloud API': 'The messages in the service of Meta by which we use WhatsApp',
};

/** Others, who named no day. */
const KEEPERS: Readonly<Record<string, string>> = {
  Instagram:
    'Instagram keeps the conversation for its own users. Ask Meta to delete what it keeps.',
  'mail server': 'The mail servers that carried our mails to you may keep copies of them.',
};

function elsewhere(found: FoundRequest): Html | null {
  const places = expiringElsewhere(found);
  const kept = keptElsewhere(found);
  return html`
    ${
      places.length > 0
        ? html`
            <h2>What still expires elsewhere</h2>
            <ul>
              ${places.map(({ where, until }) => html`<li>${PLACES[where] ?? where}: gone by ${pageTime(until)}</li>`)}
            </ul>
          `
        : null
    }
    ${
      kept.length > 0
        ? html`
            <h2>What others may keep</h2>
            <p>They did not tell us a day by which it is gone.</p>
            <ul>
              ${kept.map((where) => html`<li>${KEEPERS[where] ?? where}</li>`)}
            </ul>
          `
        : null
    }
  `;
}

function certificate({ certificate: jws }: FoundRequest, path: string): Html | null {
  if (jws === undefined) return null;
  return html`
    <h2>Certificate</h2>
    <p>
      <a href="${path}/certificate">Download the certificate</a>: a signed statement of what was
      deleted, when, and how it was checked. It contains nothing about you.
      <a href="/privacy/certificate#${jws}">Read and check it in your browser</a>.
    </p>
  `;
}

function takeBack(
  { state, steps: taken, withdrawn_at: withdrawn }: FoundRequest,
  path: string,
): Html | null {
  const hasBegun = taken.some(({ name }) => name === 'working');
  if (hasBegun || withdrawn !== null || (state !== 'received' && state !== 'confirm it is you'))
    return null;
  return html`
    <form method="post" action="${path}/withdraw">
      <button type="submit" class="quiet">Take this request back</button>
    </form>
  `;
}
