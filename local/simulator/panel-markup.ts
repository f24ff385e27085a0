import type { Channel } from '../../domain/channels.ts';
import { CHAT_COMMANDS } from '../../domain/chat-command.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { CHANNEL_NAMES } from './channel-names.ts';
import { GRAPH_FAULTS } from './simulator-event.ts';
import type { GraphFault } from './simulator-event.ts';

/** An action by the last part of its address under `/simulator/api`, and the words on its button. */
const DEEDS: readonly { action: string; label: string; only?: Channel }[] = [
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
  'worker killed': 'arrives, and kills the worker',
  'server error': 'gets a 500, does not arrive',
  'rate limited': 'hits the rate limit (429)',
  'token expired': 'meets an expired token (401)',
} as const satisfies Record<GraphFault, string>;

export interface PanelOptions {
  channel: Channel;
  killsWorker: boolean;
  passesTime: boolean;
}

/** What stands beside a phone: whose it is, and what can be done on it or go wrong with it. */
export function panelMarkup({ channel, killsWorker, passesTime }: PanelOptions): Html {
  const name = CHANNEL_NAMES[channel];
  return html`<div class="panel">
    <div class="card owner">
      <label class="visually-hidden" for="${channel}-person">Whose phone on ${name}</label>
      <select id="${channel}-person" class="people"></select>
      <button type="button" class="new-person">
        New<span class="visually-hidden"> person</span>
      </button>
    </div>
    <div class="card" role="group" aria-labelledby="${channel}-deeds">
      <h3 id="${channel}-deeds">Things that happen</h3>
      <div class="deeds">
        ${DEEDS.filter(({ only = channel }) => only === channel).map(
          ({ action, label }) =>
            html`<button type="button" data-action="${action}">${label}</button>`,
        )}
        ${passesTime && html`<button type="button" data-action="pass-time">25 hours later</button>`}
      </div>
    </div>
    <div class="card next-reply">
      <label for="${channel}-next-reply">The next reply</label>
      <select id="${channel}-next-reply" class="fault">
        ${GRAPH_FAULTS.filter((fault) => fault !== 'worker killed' || killsWorker).map(
          (fault) => html`<option value="${fault}">${NEXT_REPLY[fault]}</option>`,
        )}
      </select>
    </div>
    <div class="card" role="group" aria-labelledby="${channel}-words">
      <h3 id="${channel}-words">Words that are always understood</h3>
      <div class="commands">
        ${CHAT_COMMANDS.map((command) => {
          const said = command.toUpperCase();
          return html`<button type="button" data-say="${said}">${said}</button>`;
        })}
      </div>
    </div>
    <form class="card by-hand" autocomplete="off">
      <label for="${channel}-by-hand">Answer by hand, as a human</label>
      <input id="${channel}-by-hand" name="text" type="text" maxlength="900" />
      <button type="submit">Answer</button>
    </form>
    <div class="outcome-of-deed">
      <p class="result"></p>
      <p class="problem" role="status"></p>
    </div>
  </div>`;
}
