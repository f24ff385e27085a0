import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { formattedNumber } from '../../lib/meta/written-number.ts';
import { sitePage } from '../site/site-page.ts';
import type { Site } from '../site/site-page.ts';
import type { OpenedRequest } from './open-request.ts';
import { pageTime } from './page-time.ts';

/** What a person sees once, right after asking: the phrase is not kept anywhere that could show it again. */
export function openedPage(site: Site, opened: OpenedRequest, statusUrl: string): Html {
  const main = html`
    <p>
      We have your request, and answer it by ${pageTime(new Date(opened.input.dueAtMs))}. One step
      is left:
    </p>
    <div class="panel">
      <p>
        Send this phrase, as a message of its own, from each account that you named, to our account
        there:
      </p>
      <p class="phrase">${opened.phrase}</p>
      <p class="hint">
        It is shown only here. Nothing is deleted before you send it, and after the time above it is
        of no use any more.
      </p>
    </div>
    <h2>Whom you named</h2>
    <p>This is how we read it. If it is not right, ask again with the right name.</p>
    <dl>${understoodRows(opened)}</dl>
    <h2>Where your request stands</h2>
    <p>
      You see it at this address. Keep it: it is the only way there, and we cannot look it up for
      you.
    </p>
    <p><a href="${statusUrl}">${statusUrl}</a></p>
  `;
  return sitePage(site, { title: 'Confirm that it is you', main });
}

function understoodRows({ understood: { instagram, whatsapp } }: OpenedRequest): Html[] {
  const row = (name: string, value: string) => html`
    <dt>${name}</dt>
    <dd>${value}</dd>
  `;
  return [
    ...(instagram === null ? [] : [row('Instagram', `@${instagram}`)]),
    ...(whatsapp === null ? [] : [row('WhatsApp', formattedNumber(whatsapp))]),
  ];
}
