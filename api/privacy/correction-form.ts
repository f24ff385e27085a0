import { CHANNELS } from '../../domain/channels.ts';
import type { Channel } from '../../domain/channels.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import type { FoundRequest } from '../../store/requests/request-status.ts';
import { pageTime } from './page-time.ts';
import type { FieldError } from './request-form.ts';

const LABELS: Record<Channel, string> = {
  instagram: 'Instagram handle',
  whatsapp: 'WhatsApp number with country code',
};

/** Says that the phrase came from another account; it never says whether we know the accounts that are named. */
export function strayNotice({ stray_phrase_at: strayAt, door }: FoundRequest): Html | null {
  if (strayAt === null || door !== 'open') return null;
  return html`
    <div class="panel panel-bad">
      <p>
        On ${pageTime(strayAt)} the phrase of this request came from an account that the request
        does not name. Nothing was deleted for it.
      </p>
      <p>
        If that account is yours, correct below which accounts you mean, and then send the phrase
        from it again.
      </p>
    </div>
  `;
}

/** For as long as an account that the request names is not confirmed. */
export function correctionForm(
  { accounts, door, intake, stray_phrase_at: strayAt, due_at: due }: FoundRequest,
  { path, errors, now }: { path: string; errors: readonly FieldError[]; now: Date },
): Html | null {
  const isProven = (channel: Channel) =>
    accounts.some((one) => one.channel === channel && one.provenAt !== null);
  const waits = accounts.some(({ provenAt }) => provenAt === null);
  if (door !== 'open' || !waits || intake === 'chat' || now >= due) return null;
  const isOpen = strayAt !== null || errors.length > 0 ? html`open` : null;
  return html`
    <details ${isOpen}>
      <summary>Correct which accounts I mean</summary>
      <form method="post" action="${path}/accounts">
        <p class="hint">
          What you enter takes the place of every account that is not confirmed yet, so name all of
          them.
        </p>
        ${CHANNELS.filter((channel) => !isProven(channel)).map((channel) => field(channel, errors))}
        <button type="submit" class="quiet">Correct</button>
      </form>
    </details>
  `;
}

function field(channel: Channel, errors: readonly FieldError[]): Html {
  const error = errors.find((one) => one.field === channel);
  return html`
    <label for="${channel}">${LABELS[channel]}</label>
    ${error === undefined ? null : html`<p class="error" id="${channel}-error">${error.detail}</p>`}
    <input
      id="${channel}"
      name="${channel}"
      type="${channel === 'whatsapp' ? 'tel' : 'text'}"
      autocomplete="off"
      autocapitalize="none"
      spellcheck="false"
      maxlength="200"
      ${error === undefined ? null : html`aria-invalid="true" aria-describedby="${channel}-error"`}
    />
  `;
}
