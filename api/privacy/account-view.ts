import { accountState } from '../../domain/request-accounts.ts';
import type { Door, NamedAccount } from '../../domain/request-accounts.ts';

/** One account that a request names, as programs read it: its channel and how it stands, and never what it is called. */
export function accountView(account: NamedAccount, door: Door) {
  const { channel, provenAt, erasedAt, heldUntil } = account;
  return {
    channel,
    state: accountState(account, door),
    proven_at: provenAt?.toISOString() ?? null,
    erased_at: erasedAt?.toISOString() ?? null,
    held_until: heldUntil?.toISOString() ?? null,
  };
}
