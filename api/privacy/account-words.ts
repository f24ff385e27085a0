import type { Channel } from '../../domain/channels.ts';
import { accountState } from '../../domain/request-accounts.ts';
import type { AccountState, NamedAccount } from '../../domain/request-accounts.ts';
import { html } from '../../lib/html.ts';
import type { Html } from '../../lib/html.ts';
import type { FoundRequest } from '../../store/requests/request-status.ts';
import { pageTime } from './page-time.ts';

const NAMES: Record<Channel, string> = {
  instagram: 'Instagram account',
  whatsapp: 'WhatsApp number',
};

const SAYS: Record<AccountState, (account: NamedAccount) => Html> = {
  waiting: () => html`waiting for the phrase; nothing of it is deleted before that`,
  proven: ({ provenAt }) => html`confirmed ${on(provenAt)}, and being deleted`,
  held: ({ heldUntil: until }) =>
    html`confirmed, and held by law ${until === null ? null : html`until ${pageTime(until)}`}`,
  erased: ({ erasedAt }) => html`deleted ${on(erasedAt)}`,
  'nothing held': () => html`we hold nothing of it`,
  'never confirmed': () => html`never confirmed; nothing of it was deleted`,
  kept: () => html`confirmed, and nothing of it was deleted`,
};

const on = (time: Date | null) => (time === null ? null : html`on ${pageTime(time)}`);

/** How each account that a request names stands, each by itself; its name is shown only while it is waited for. */
export function accountList(
  { accounts, door }: FoundRequest,
  named: Partial<Record<Channel, string>>,
): Html | null {
  if (accounts.length === 0) return null;
  return html`
    <h2>The accounts that it names</h2>
    <dl>
      ${accounts.map(
        (account) =>
          html`<dt>${NAMES[account.channel]} ${named[account.channel] ?? null}</dt>
            <dd>${SAYS[accountState(account, door)](account)}</dd>`,
      )}
    </dl>
  `;
}
