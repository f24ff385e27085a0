import type { Channel } from '../../domain/channels.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { CHANNEL_NAMES } from './channel-names.ts';
import { ICONS } from './icons.ts';
import { STEPS } from './turn-steps.ts';

/** What happens behind a phone: the way of the turn, the outbox, and the exchanges with Meta. */
export function behindMarkup(channel: Channel, showsBehind: boolean): Html {
  return html`<section class="card behind" aria-labelledby="${channel}-behind">
    <div class="behind-head">
      <h3 id="${channel}-behind">What happens behind${on(channel)}</h3>
      ${showsBehind && html`<dl class="facts"></dl>`}
    </div>
    ${showsBehind && turnMarkup(channel)}
    <div class="behind-lists">
      ${showsBehind && outboxMarkup(channel)}
      <div class="wire">
        <h4 id="${channel}-wire">On the wire${on(channel)}</h4>
        <ol class="wire-list" tabindex="0" aria-labelledby="${channel}-wire"></ol>
        <p class="wire-empty">Nothing yet.</p>
      </div>
    </div>
  </section>`;
}

/** People who listen to the page need the channel in words; others see it. */
function on(channel: Channel): Html {
  return html`<span class="visually-hidden"> on ${CHANNEL_NAMES[channel]}</span>`;
}

function turnMarkup(channel: Channel): Html {
  const sign = html`<span class="sign" aria-hidden="true"
    >${ICONS.tick}${ICONS.pause}${ICONS.doubt}${ICONS.cross}${ICONS.dash}</span
  >`;
  return html`<ol
      class="steps"
      aria-label="The way of a message to its answer on ${CHANNEL_NAMES[channel]}"
    >
      ${STEPS.map(
        (name) =>
          html`<li data-tone="ahead">
            ${sign}<span class="step-name">${name}</span><span class="step-detail"></span
            ><span class="step-tone visually-hidden"></span>
          </li>`,
      )}
    </ol>
    <p class="said"></p>
    <p class="more"></p>
    <p class="said-aloud visually-hidden" role="status"></p>`;
}

function outboxMarkup(channel: Channel): Html {
  return html`<div class="outbox">
    <h4 id="${channel}-outbox">Outbox${on(channel)}</h4>
    <div class="outbox-rows" tabindex="0" role="region" aria-labelledby="${channel}-outbox">
      <table aria-labelledby="${channel}-outbox">
        <thead>
          <tr>
            <th scope="col">Reply</th>
            <th scope="col">Part</th>
            <th scope="col">State</th>
            <th scope="col">Attempt</th>
            <th scope="col">At Meta</th>
          </tr>
        </thead>
        <tbody></tbody>
      </table>
      <p class="outbox-empty">Nothing yet.</p>
    </div>
  </div>`;
}

/** What the script copies for each row. */
export function behindTemplates(): Html {
  return html`<template id="wire-template">
      <li><span class="route"></span> <span class="what"></span> <span class="outcome"></span></li>
    </template>
    <template id="part-template">
      <tr>
        <th scope="row"></th>
        <td></td>
        <td><strong class="part-state"></strong> <span class="part-why"></span></td>
        <td></td>
        <td></td>
      </tr>
    </template>`;
}
