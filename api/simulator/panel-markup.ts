import type { Channel } from '../../domain/channels.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { GRAPH_FAULTS } from './simulator-event.ts';
import type { GraphFault } from './simulator-event.ts';

/** An action by the last part of its address under `/simulator/api`, and the words on its button. */
const FAULTS: readonly { action: string; label: string; only?: Channel }[] = [
  { action: 'send-twice', label: 'Send twice' },
  { action: 'send-burst', label: 'Send a burst' },
  { action: 'send-out-of-order', label: 'Out of order' },
  { action: 'send-image', label: 'Send a picture' },
  { action: 'react', label: 'React to reply' },
  { action: 'unsend', label: 'Unsend last' },
  { action: 'edit', label: 'Edit last', only: 'instagram' },
];

const NEXT_REPLY = {
  none: 'arrives as usual',
  'answer lost': 'arrives, but its answer is lost',
  'server error': 'gets a 500, does not arrive',
  'rate limited': 'hits the rate limit (429)',
  'token expired': 'meets an expired token (401)',
} as const satisfies Record<GraphFault, string>;

/** What stands beside a phone: whose it is, what can go wrong at the wire, and what went over it. */
export function panelMarkup(channel: Channel): Html {
  return html`<div class="panel">
    <div class="card owner">
      <label for="${channel}-person">Whose phone</label>
      <button type="button" class="new-person">New person</button>
      <select id="${channel}-person" class="people"></select>
    </div>
    <div class="card" role="group" aria-labelledby="${channel}-faults">
      <h3 id="${channel}-faults">Things that happen</h3>
      <div class="faults">
        ${FAULTS.filter(({ only = channel }) => only === channel).map(
          ({ action, label }) =>
            html`<button type="button" data-action="${action}">${label}</button>`,
        )}
      </div>
      <p class="result" role="status"></p>
    </div>
    <fieldset class="card next-reply">
      <legend>The next reply …</legend>
      ${GRAPH_FAULTS.map(
        (fault) =>
          html`<label
            ><input
              type="radio"
              name="${channel}-next-reply"
              value="${fault}"
              ${fault === 'none' && html` checked`}
            />
            ${NEXT_REPLY[fault]}</label
          >`,
      )}
    </fieldset>
    <div class="card wire">
      <h3 id="${channel}-wire">On the wire</h3>
      <ol class="wire-list" tabindex="0" aria-labelledby="${channel}-wire"></ol>
      <p class="wire-empty">Nothing yet.</p>
    </div>
  </div>`;
}

/** What the script copies for each exchange. */
export function wireTemplate(): Html {
  return html`<template id="wire-template">
    <li><span class="route"></span> <span class="what"></span> <span class="outcome"></span></li>
  </template>`;
}
