import { sql } from 'kysely';
import { z } from 'zod';
import { ADDRESS_KINDS } from '../../domain/events.ts';
import type { Address, Identifier, IdentifierKind } from '../../domain/events.ts';
import { isSameWhatsAppNumber } from '../../domain/whatsapp-number.ts';
import type { SubjectCipher } from '../../lib/crypto/subject-cipher.ts';
import type { Database, InTransaction } from '../database.ts';

const storedAddress = z.object({ kind: z.enum(ADDRESS_KINDS), value: z.string() });

/** Where a reply can be sent now, or null when Meta's messaging window has closed (policy C3, M1). */
export async function readAddress(
  trx: InTransaction,
  cipher: SubjectCipher,
): Promise<Address | null> {
  const row = await trx
    .selectFrom('mayfly.addresses')
    .select('sealed_address')
    .where('subject_id', '=', cipher.subjectId)
    .where('window_closes_at', '>', (eb) => eb.fn<Date>('now'))
    .executeTakeFirst();
  return row === undefined ? null : openAddress(cipher, row.sealed_address);
}

/** How long this person's messaging window stays open, in milliseconds; none when nothing may be sent any more. */
export async function readWindowLeftMs(trx: InTransaction, subjectId: string): Promise<number> {
  const row = await trx
    .selectFrom('mayfly.addresses')
    .select(sql<number>`extract(epoch FROM window_closes_at - now())::float8 * 1000`.as('left_ms'))
    .where('subject_id', '=', subjectId)
    .executeTakeFirst();
  return Math.max(row?.left_ms ?? 0, 0);
}

/** Replaces the address that is held, if any, by what `next` makes of it; null drops it. */
export async function replaceAddress(
  trx: InTransaction,
  cipher: SubjectCipher,
  next: (held: Address) => Address | null,
): Promise<void> {
  const { subjectId } = cipher;
  const row = await trx
    .selectFrom('mayfly.addresses')
    .select('sealed_address')
    .where('subject_id', '=', subjectId)
    .forUpdate()
    .executeTakeFirst();
  if (row === undefined) return;
  const held = openAddress(cipher, row.sealed_address);
  const address = next(held);
  if (address === held) return;
  if (address === null) {
    await trx.deleteFrom('mayfly.addresses').where('subject_id', '=', subjectId).execute();
    return;
  }
  const sealed = cipher.seal('addresses.sealed_address', subjectId, JSON.stringify(address));
  await trx
    .updateTable('mayfly.addresses')
    .set({ sealed_address: sealed })
    .where('subject_id', '=', subjectId)
    .execute();
}

function openAddress(cipher: SubjectCipher, sealed: Buffer): Address {
  const opened = cipher.open('addresses.sealed_address', cipher.subjectId, sealed);
  return storedAddress.parse(JSON.parse(opened));
}

/** Where a reply goes once the identifiers of these kinds are the ones in `own`; null when what is held was given up. */
export function addressAfter(
  held: Address,
  kinds: readonly IdentifierKind[],
  own: readonly Identifier[],
): Address | null {
  if (!kinds.includes(held.kind)) return held;
  const addresses = own.filter((one): one is Address => one.kind !== 'instagram handle');
  return addresses.find(({ kind }) => kind === held.kind) ?? addresses[0] ?? null;
}

/** Whether what is sent to the address arrives at this identifier. */
export function isAt(address: Address, identifier: Identifier): boolean {
  if (address.kind !== identifier.kind) return false;
  if (address.kind === 'whatsapp phone')
    return isSameWhatsAppNumber(address.value, identifier.value);
  return address.value === identifier.value;
}

/** Drops the addresses to which nothing may be sent any more; returns how many. */
export async function dropClosedAddresses(db: Database): Promise<number> {
  const result = await db
    .deleteFrom('mayfly.addresses')
    .where('window_closes_at', '<=', (eb) => eb.fn<Date>('now'))
    .executeTakeFirst();
  return Number(result.numDeletedRows);
}
