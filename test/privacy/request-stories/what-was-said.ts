import type { Channel } from '../../../domain/channels.ts';
import type { AccountState } from '../../../domain/request-accounts.ts';
import type { Sender, Story } from './story.ts';

type Whose = 'me' | 'another';

/** Who is known by an account that a request names. */
const KNOWN_BY: Record<Channel, Record<Whose, readonly Sender[]>> = {
  whatsapp: { me: ['me', 'me elsewhere'], another: ['another'] },
  // A handle is not known to us: whoever sends the phrase on Instagram has the account that is named there.
  instagram: { me: ['me on instagram'], another: ['me on instagram'] },
};

/** The model: who said what, and what must be so because of it. It knows nothing of rows, locks or workflows. */
export class WhatWasSaid {
  readonly #named = new Map<Channel, { whose: Whose; isProven: boolean }>();
  readonly #canBeCorrected: boolean;
  end: 'withdrawn' | 'refused' | null = null;
  isHeld = false;
  isTimeUp = false;
  /** Whether the page tells of a phrase from elsewhere; null when that depends on who was faster. */
  isStray: boolean | null = false;

  constructor({ door, names }: Story) {
    const channels: Channel[] =
      door === 'whatsapp chat'
        ? ['whatsapp']
        : door === 'instagram chat' || door === 'meta'
          ? ['instagram']
          : names === 'both'
            ? ['instagram', 'whatsapp']
            : [names];
    // Meta's signature is the proof.
    for (const channel of channels)
      this.#named.set(channel, { whose: 'me', isProven: door === 'meta' });
    this.#canBeCorrected = ['program', 'page', 'staff'].includes(door);
  }

  get isComplete(): boolean {
    return [...this.#named.values()].every(({ isProven }) => isProven);
  }

  get hasProof(): boolean {
    return [...this.#named.values()].some(({ isProven }) => isProven);
  }

  phraseFrom(sender: Sender): void {
    if (this.end !== null || this.isTimeUp) return;
    const account = this.#named.get(sender === 'me on instagram' ? 'instagram' : 'whatsapp');
    const channel = sender === 'me on instagram' ? 'instagram' : 'whatsapp';
    const isNamed = account !== undefined && KNOWN_BY[channel][account.whose].includes(sender);
    if (isNamed) account.isProven = true;
    else if (this.isComplete) this.isStray = null;
    else this.isStray = true;
  }

  /** Returns whether it is possible. */
  correct(to: 'another' | 'instagram'): boolean {
    const channel = to === 'instagram' ? 'instagram' : 'whatsapp';
    const isPossible =
      this.#canBeCorrected &&
      this.end === null &&
      !this.isTimeUp &&
      !this.isComplete &&
      this.#named.get(channel)?.isProven !== true;
    if (!isPossible) return false;
    for (const [one, { isProven }] of this.#named) if (!isProven) this.#named.delete(one);
    this.#named.set(channel, { whose: to === 'another' ? 'another' : 'me', isProven: false });
    this.isStray = false;
    return true;
  }

  /** Each account that is named, once everything that can be done is done. */
  accounts(): Partial<Record<Channel, AccountState>> {
    return Object.fromEntries(
      [...this.#named].map(([channel, account]) => [channel, this.#stateOf(channel, account)]),
    );
  }

  #stateOf(
    channel: Channel,
    { whose, isProven }: { whose: Whose; isProven: boolean },
  ): AccountState {
    if (this.end !== null) return isProven ? 'kept' : 'never confirmed';
    if (!isProven) return this.isTimeUp ? 'never confirmed' : 'waiting';
    return this.isHeld && channel === 'whatsapp' && whose === 'me' ? 'held' : 'erased';
  }

  /** Carried out, for all of the accounts or for some. */
  get isAnswered(): boolean {
    const states = Object.values(this.accounts());
    const isDone = states.every((state) => state === 'erased' || state === 'never confirmed');
    return isDone && states.includes('erased');
  }

  get isForAll(): boolean {
    return Object.values(this.accounts()).every((state) => state === 'erased');
  }

  get isOver(): boolean {
    return this.end !== null || this.isAnswered || (this.isTimeUp && !this.hasProof);
  }

  /** Whom nothing may be left of; everybody else is there as before. */
  gone(): Sender[] {
    if (this.end !== null) return [];
    const proven = [...this.#named].filter(([, { isProven }]) => isProven);
    const senders = proven.flatMap(([channel, { whose }]) => KNOWN_BY[channel][whose]);
    return senders.filter((sender) => !(sender === 'me' && this.isHeld));
  }

  states(): string[] {
    if (this.end !== null) return [this.end];
    if (this.isAnswered) return ['waiting for others', 'finished'];
    if (this.isOver) return ['not verified'];
    return Object.values(this.accounts()).includes('held') ? ['working'] : ['confirm it is you'];
  }
}
