import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';

/** Drawn for this page. Decoration only: whatever an icon means is also said in words beside it. */
export const ICONS = {
  mayfly: icon(
    html`<path
      d="M12 8v8m0-4C7 13 3 9 2 3c5 0 9 3 10 9 1-6 5-9 10-9-1 6-5 10-10 9m0 4c0 3-2 5-4 6m4-6v6m0-6c0 3 2 5 4 6"
    />`,
  ),
  send: icon(html`<path d="M4 11.5 20 4l-4.5 16-4-6.5z" /><path d="m11.5 13.5 4-4.5" />`),
  back: icon(html`<path d="m15 5-7 7 7 7" />`),
  person: icon(html`<circle cx="12" cy="8" r="4" /><path d="M4 21c1-5 4-7 8-7s7 2 8 7" />`),
  clock: icon(html`<circle cx="12" cy="12" r="8" /><path d="M12 7v5l3 2" />`),
  tick: icon(html`<path d="m5 12 5 5 9-10" />`),
  ticks: icon(html`<path d="m2 12 5 5 9-10M11 16l1 1 9-10" />`),
  pause: icon(html`<path d="M9 6v12M15 6v12" />`),
  doubt: icon(html`<path d="M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.2-1.5 2.3m0 3.5v.5" />`),
  cross: icon(html`<path d="m7 7 10 10M17 7 7 17" />`),
  dash: icon(html`<path d="M6 12h12" />`),
  alert: icon(html`<circle cx="12" cy="12" r="9" /><path d="M12 7v6m0 3v.5" />`),
  heart: icon(html`<path d="M12 20S4 15 4 9a4 4 0 0 1 8-1 4 4 0 0 1 8 1c0 6-8 11-8 11z" />`),
  picture: html`<svg viewBox="0 0 200 140" aria-hidden="true" focusable="false">
    <rect class="sky" width="200" height="140" />
    <circle class="sun" cx="150" cy="38" r="18" />
    <path class="far" d="M0 110 55 52l45 46 30-28 70 62v8H0z" />
    <path class="near" d="M0 140v-22c40-22 70 4 110-8s60-14 90-2v32z" />
  </svg>`,
  signal: html`<svg viewBox="0 0 56 14" aria-hidden="true" focusable="false">
    <path d="M0 9h3v5H0zm5-3h3v8H5zm5-3h3v11h-3zm5-3h3v14h-3z" />
    <rect x="28.5" y="1.5" width="22" height="11" rx="3" fill="none" stroke="currentColor" />
    <rect x="30.5" y="3.5" width="15" height="7" rx="1.5" />
    <path d="M53 5v4" stroke="currentColor" stroke-width="2" />
  </svg>`,
} as const;

function icon(shapes: Html): Html {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    ${shapes}
  </svg>`;
}
