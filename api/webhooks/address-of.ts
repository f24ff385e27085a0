import type { Address, PersonReference } from '../../domain/events.ts';

/** Replies go to the phone where there is one: Meta lets it win over a business-scoped user id. */
export function addressOf({ identifiers }: PersonReference): Address {
  return identifiers.find(({ kind }) => kind === 'whatsapp phone') ?? identifiers[0];
}
