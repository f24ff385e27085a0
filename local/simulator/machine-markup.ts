import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import { STAND_IN_MODES } from '../stand-in-control.ts';

export interface MachineOptions {
  killsWorker: boolean;
  switchesModel: boolean;
}

/** What can be done to the machinery that both phones share. */
export function machineMarkup({ killsWorker, switchesModel }: MachineOptions): Html | false {
  if (!killsWorker && !switchesModel) return false;
  return html`<div class="machine" role="group" aria-label="The machinery behind both phones">
    ${killsWorker && workerMarkup()} ${switchesModel && modelMarkup()}
  </div>`;
}

function workerMarkup(): Html {
  return html`<div class="worker" data-state="gone">
    <span class="worker-lamp" aria-hidden="true"></span>
    <span class="worker-name">Worker <strong class="worker-state">…</strong></span>
    <button type="button" class="kill">Kill the worker now</button>
  </div>`;
}

function modelMarkup(): Html {
  return html`<fieldset class="model">
    <legend>Model</legend>
    ${STAND_IN_MODES.map(
      (mode) =>
        html`<label
          ><input type="radio" name="model" value="${mode}" /><span>${mode}</span></label
        >`,
    )}
  </fieldset>`;
}
