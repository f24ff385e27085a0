import type { StandIn } from '../../lib/config.ts';
import type { Channel } from '../../domain/channels.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { behindMarkup, behindTemplates } from './behind-markup.ts';
import { CHANNEL_NAMES } from './channel-names.ts';
import { ICONS } from './icons.ts';
import { machineMarkup } from './machine-markup.ts';
import { panelMarkup } from './panel-markup.ts';
import { messageTemplate, phoneMarkup } from './phone-markup.ts';
import { standInNotice } from './stand-in-notice.ts';

export interface PageOptions {
  channels: readonly Channel[];
  companyName: string;
  standIns: readonly StandIn[];
  conversationsUrl?: string | undefined;
  /** What there is behind the phones to show and to do something to. */
  showsBehind: boolean;
  passesTime: boolean;
  killsWorker: boolean;
  switchesModel: boolean;
}

const STYLES = [
  'page',
  'header',
  'layout',
  'phone',
  'composer',
  'messages',
  'apps',
  'panel',
  'behind',
  'steps',
  'lists',
  'machine',
];

/** The whole page. Its script fills it from the event stream; without it nothing here can be done. */
export function simulatorPage(options: PageOptions): Html {
  const { channels, companyName, standIns, conversationsUrl, showsBehind } = options;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Simulator · ${companyName}</title>
        <link rel="icon" href="/simulator/assets/icon.svg" type="image/svg+xml" />
        ${STYLES.map(
          (name) => html`<link rel="stylesheet" href="/simulator/assets/${name}.css" />`,
        )}
        <script type="module" src="/simulator/assets/simulator.js"></script>
      </head>
      <body>
        <a class="skip" href="#phones">Skip to the phones</a>
        <header class="page-header">
          <div class="title">
            <h1><span class="mark">${ICONS.mayfly}</span> Mayfly simulator</h1>
            <p>Write as a customer of <strong>${companyName}</strong>.</p>
          </div>
          ${machineMarkup(options)}
          <div class="notes">
            <p class="stand-ins">
              ${standInNotice(standIns, channels).map((sentence) => html`<span>${sentence}</span> `)}
            </p>
            <p class="machine-said" role="status"></p>
            ${conversationsUrl !== undefined && html`<nav aria-label="Elsewhere">${temporalLink(conversationsUrl)}</nav>`}
          </div>
        </header>
        <p class="connection" id="connection" role="status"></p>
        <noscript><p class="connection">This page needs JavaScript.</p></noscript>
        <main id="phones" tabindex="-1">
          <div
            class="switch"
            role="group"
            aria-label="Phone to show"
            ${channels.length < 2 && html` hidden`}
          >
            ${channels.map(
              (channel, index) =>
                html`<button
                  type="button"
                  data-show="${channel}"
                  aria-pressed="${index === 0 ? 'true' : 'false'}"
                >
                  ${CHANNEL_NAMES[channel]}<span class="unread" hidden> (new)</span>
                </button>`,
            )}
          </div>
          <div class="stations" data-shown="${channels[0]}">
            ${channels.map(
              (channel) =>
                html`<section
                  class="station"
                  data-channel="${channel}"
                  aria-labelledby="${channel}-heading"
                >
                  <h2 id="${channel}-heading" class="visually-hidden">${CHANNEL_NAMES[channel]}</h2>
                  ${phoneMarkup(channel, companyName)} ${panelMarkup({ channel, ...options })}
                  ${behindMarkup(channel, showsBehind)}
                </section>`,
            )}
          </div>
        </main>
        ${messageTemplate(companyName)} ${behindTemplates()}
      </body>
    </html>`;
}

function temporalLink(url: string): Html | false {
  // The setting is the operator's own, but an address that is no web page must not become a link.
  return /^https?:\/\//.test(url) && html`<a href="${url}">Conversations in Temporal</a>`;
}
