import type { RequestState } from '../../domain/privacy-request.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import type { FoundRequest } from '../../lib/postgres/request-status.ts';
import { sitePage } from '../site/site-page.ts';
import type { Site } from '../site/site-page.ts';
import type { OpenedRequest } from './open-request.ts';

const HOUR_MS = 3_600_000;

/** What each state means for the person, and what happens next. */
const WORDS: Record<RequestState, { now: string; next: string; tone: '' | 'good' | 'bad' }> = {
  received: { now: 'Received', next: 'Next we ask you to confirm that it is you.', tone: '' },
  'confirm it is you': {
    now: 'Waiting for you',
    next: 'Send the phrase that you were given, as a message of its own, from each account that you named. Until then nothing is deleted.',
    tone: '',
  },
  working: { now: 'Deleting', next: 'This takes moments to minutes. You do not have to do anything.', tone: '' },
  'erased here': { now: 'Deleted here', next: 'Everything that we held is gone. The certificate follows in a moment.', tone: 'good' },
  'waiting for others': {
    now: 'Deleted here, and waiting for others',
    next: 'Everything that we held is gone. What others still keep for a while is listed below, with the day on which it is gone as well.',
    tone: 'good',
  },
  finished: { now: 'Finished', next: 'Everything is gone, and nothing more happens.', tone: 'good' },
  refused: { now: 'Refused', next: 'The reason is given below. You can write to us, or to a data protection authority.', tone: 'bad' },
  withdrawn: { now: 'Taken back', next: 'You took this request back. Nothing was deleted.', tone: '' },
  'not verified': {
    now: 'Not confirmed in time',
    next: 'Nobody confirmed this request from the account it names, so nothing was deleted. You can ask again at any time.',
    tone: 'bad',
  },
  'nothing found': { now: 'Nothing found', next: 'We hold nothing that belongs to this request.', tone: 'good' },
};

/** The status page of a request: where it stands, its clock, what happens next, and what still expires elsewhere. */
export function statusPage(site: Site, request: FoundRequest, code: string, now: Date): Html {
  const { now: title, next, tone } = WORDS[request.state];
  const main = html`
    <p class="${tone === '' ? 'state' : `state state-${tone}`}">${title}</p>
    <p>${next}</p>
    ${request.reason === null ? null : html`<p>Reason: ${request.reason}.</p>`} ${clock(request, now)}
    <h2>Steps</h2>
    <ol class="steps">
      ${request.steps.map(({ name, at }) => html`<li>${WORDS[name].now}: ${time(at)}</li>`)}
    </ol>
    ${elsewhere(request)} ${certificate(request, code)} ${takeBack(request, code)}
    <p class="hint">Keep the address of this page: it is the only way here, and we cannot look it up for you.</p>
  `;
  return sitePage(site, { title: 'Your request to delete data', main });
}

/** What a person sees once, right after asking: the phrase is not kept anywhere that could show it again. */
export function openedPage(site: Site, opened: OpenedRequest, statusUrl: string): Html {
  const main = html`
    <p>We have your request, and answer it by ${time(new Date(opened.input.dueAtMs))}. One step is left:</p>
    <div class="panel">
      <p>Send this phrase, as a message of its own, from each account that you named, to our account there:</p>
      <p class="phrase">${opened.phrase}</p>
    </div>
    <p>The phrase is shown only here. Where your request stands, you see at this address, so keep it:</p>
    <p><a href="${statusUrl}">${statusUrl}</a></p>
  `;
  return sitePage(site, { title: 'Confirm that it is you', main });
}

function clock({ received_at: received, due_at: due, closed_at: closed }: FoundRequest, now: Date): Html {
  const hours = Math.round((due.getTime() - received.getTime()) / HOUR_MS);
  const passed = Math.min(Math.max((now.getTime() - received.getTime()) / HOUR_MS, 0), hours);
  return html`
    <dl>
      <dt>Received</dt>
      <dd>${time(received)}</dd>
      <dt>Answer due</dt>
      <dd>${time(due)}</dd>
      ${closed === null ? null : html`<dt>Ended</dt><dd>${time(closed)}</dd>`}
    </dl>
    ${closed !== null
      ? null
      : html`<p>
          <label for="clock">${Math.floor(passed)} of ${hours} hours have passed</label>
          <progress id="clock" value="${passed.toFixed(1)}" max="${hours}"></progress>
        </p>`}
  `;
}

function elsewhere({ expiring_until: until }: FoundRequest): Html | null {
  if (until === null) return null;
  return html`
    <h2>What still expires elsewhere</h2>
    <ul>
      <li>The log of our AI provider: gone by ${time(until)}</li>
    </ul>
  `;
}

function certificate({ hasCertificate }: FoundRequest, code: string): Html | null {
  if (!hasCertificate) return null;
  return html`
    <h2>Certificate</h2>
    <p>
      <a href="/privacy/requests/${code}/certificate">Download the certificate</a>: a signed statement of what was deleted, when,
      and how it was checked. <a href="/privacy/certificate">Check it in your browser</a>. It contains nothing about you.
    </p>
  `;
}

function takeBack({ state }: FoundRequest, code: string): Html | null {
  if (state !== 'received' && state !== 'confirm it is you') return null;
  return html`
    <form method="post" action="/privacy/requests/${code}/withdraw">
      <button type="submit" class="quiet">Take this request back</button>
    </form>
  `;
}

function time(at: Date): Html {
  const text = `${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 16)} UTC`;
  return html`<time datetime="${at.toISOString()}">${text}</time>`;
}
