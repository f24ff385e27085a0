import type { Identifier } from '../../domain/events.ts';
import { TABLES } from '../../domain/inventory.ts';
import type { TableRule } from '../../domain/inventory.ts';
import type { TableName } from '../../domain/tables.ts';
import type { SealedColumn } from '../../lib/crypto/subject-cipher.ts';
import type { Dump } from './dump.ts';
import { ACCOUNTS } from './personal-secrets.ts';
import type { PersonalSecrets } from './personal-secrets.ts';

/** One sealed value as it lay, with the place that it was sealed for. */
export interface Carved {
  column: SealedColumn;
  rowId: string;
  /** Whose key it was sealed under: a subject's or a request's. */
  ownerId: string;
  sealed: Buffer;
}

/** Where sealed values lie, as the inventory has it, with the column that says whose they are. */
const SEALED_PLACES = Object.entries<TableRule<Record<string, unknown>>>(TABLES).flatMap(
  ([table, { eraser, columns }]) =>
    Object.keys(columns)
      .filter((column) => columns[column]?.endsWith(', sealed'))
      .map((column) => ({
        table: table as TableName,
        column,
        owner: eraser.by === 'subject column' ? eraser.column : 'id',
      })),
);

/** The names of those columns as a value's seal has them. */
export const CARVED_COLUMNS = SEALED_PLACES.map(({ table, column }) => sealedColumn(table, column));

/** Every sealed value in a copy of the database. */
export function carve(dump: Dump): Carved[] {
  return SEALED_PLACES.flatMap(({ table, column, owner }) =>
    (dump[table] as readonly object[] as readonly Record<string, unknown>[])
      .filter((row) => row[column] !== null)
      .map((row) => ({
        column: sealedColumn(table, column) as SealedColumn,
        rowId: String(row['id'] ?? row[owner]),
        ownerId: String(row[owner]),
        sealed: row[column] as Buffer,
      })),
  );
}

/** Everything of a copy that belongs to these owners, and the identifiers that the thief knows already and would test. */
export function carvedOf(dump: Dump, owners: readonly string[]) {
  return {
    values: carve(dump).filter(({ ownerId }) => owners.includes(ownerId)),
    wraps: dump['keys.subject_keys'].filter(({ subject_id: id }) => owners.includes(id)),
    blocks: dump['keys.identifiers'].filter(({ subject_id: id }) => owners.includes(id)),
    fingerprints: dump['mayfly.messages']
      .filter(({ subject_id: id }) => owners.includes(id))
      .map(({ fingerprint }) => fingerprint),
  };
}
export type CarvedOf = ReturnType<typeof carvedOf>;

/** What somebody knows of a person whom they look for. */
export interface Known {
  account: string;
  identifiers: readonly Identifier[];
  messageId: string;
}

/** What a thief of a copy knows of somebody on WhatsApp. */
export function known({ phone, userId, whatsAppMessage }: PersonalSecrets): Known {
  return {
    account: ACCOUNTS.whatsapp,
    identifiers: [
      { kind: 'whatsapp phone', value: `+${phone}` },
      { kind: 'whatsapp user id', value: userId },
    ],
    messageId: whatsAppMessage,
  };
}

function sealedColumn(table: string, column: string): string {
  return `${table.slice(table.indexOf('.') + 1)}.${column}`;
}
