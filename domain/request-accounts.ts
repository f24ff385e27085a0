import type { Channel } from './channels.ts';

/** How it stands with one account that a request names. */
export const ACCOUNT_STATES = [
  'waiting',
  'proven',
  'held',
  'erased',
  'nothing held',
  'never confirmed',
  'kept',
] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

/** One account that a request names, as it is kept: what happened to it and when, and nothing of what it is called. */
export interface NamedAccount {
  channel: Channel;
  /** Since when it is known to be the person's own. */
  provenAt: Date | null;
  /** When the last person known by it was erased; null again while somebody who proved it after that is not. */
  erasedAt: Date | null;
  /** When two of staff, or Meta's own id, said that nothing is held under it. */
  absentAt: Date | null;
  /** Until when a legal hold keeps somebody who is known by it. */
  heldUntil: Date | null;
}

/** How it can stand with an account once its request is carried out. */
export const ANSWERED_STATES = [
  'erased',
  'nothing held',
  'never confirmed',
] as const satisfies AccountState[];
export type AnsweredState = (typeof ANSWERED_STATES)[number];

/** The accounts of a request that is carried out; null while one of them still waits for something. */
export function answeredAccounts(
  accounts: readonly NamedAccount[],
): { channel: Channel; state: AnsweredState }[] | null {
  const answered = accounts.flatMap((account) => {
    const state = ANSWERED_STATES.find((one) => one === accountState(account, 'closed'));
    return state === undefined ? [] : [{ channel: account.channel, state }];
  });
  return answered.length === accounts.length ? answered : null;
}

export interface AccountStanding {
  channel: Channel;
  state: AccountState;
}

/** Whether phrases are heard, or only what is proven is still worked on, or nothing will be done. */
export type Door = 'open' | 'closed' | 'given up';

export function accountState(account: NamedAccount, door: Door): AccountState {
  if (account.erasedAt !== null) return 'erased';
  if (account.absentAt !== null) return 'nothing held';
  if (account.provenAt === null) return door === 'open' ? 'waiting' : 'never confirmed';
  if (door === 'given up') return 'kept';
  return account.heldUntil === null ? 'proven' : 'held';
}

/** Whether a request is done with an account, as long as nobody proves it once more. */
export function isSettled(account: NamedAccount): boolean {
  return account.erasedAt !== null || account.absentAt !== null;
}
