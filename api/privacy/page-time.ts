import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';

/** A time as every page shows it: to the minute, in UTC. */
export function pageTime(at: Date): Html {
  const text = `${at.toISOString().slice(0, 10)} ${at.toISOString().slice(11, 16)} UTC`;
  return html`<time datetime="${at.toISOString()}">${text}</time>`;
}
