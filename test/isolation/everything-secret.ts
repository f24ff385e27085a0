import { sql } from 'kysely';
import { BUCKETS, RING_SECRETS } from '../../lib/crypto/key-ring.ts';
import type { FakeModelRequest } from '../fakes/llm/fake-model.ts';
import type { Installation } from '../support/installation.ts';
import type { TestPerson } from '../support/persons.ts';

/** All that was sent to the model with one request, as it was on the wire. */
export function wholeRequest({ body, headers }: FakeModelRequest): string {
  // The provider's own key is the one secret that a request has to carry, and only in its header.
  const { authorization: _, ...others } = headers;
  return JSON.stringify({ body, headers: others });
}

/** Ids of rows: none of them is anybody's business outside. */
export async function rowIds({ db }: Installation): Promise<string[]> {
  const columns = await sql<{ table: string; column: string }>`
    SELECT format('%I.%I', table_schema, table_name) AS "table", column_name AS "column"
    FROM information_schema.columns WHERE data_type = 'uuid' AND table_schema IN ('mayfly', 'keys')`.execute(
    db,
  );
  const ids = await Promise.all(
    columns.rows.map(async ({ table, column }) => {
      const { rows } = await sql<{
        id: string;
      }>`SELECT DISTINCT ${sql.ref(column)}::text AS id FROM ${sql.raw(table)} WHERE ${sql.ref(column)} IS NOT NULL`.execute(
        db,
      );
      return rows.map(({ id }) => id);
    }),
  );
  return [...new Set(ids.flat())];
}

/** What identifies people, their messages and the accounts at Meta. */
export function metaIds(
  { meta }: Installation,
  persons: readonly TestPerson[],
  messageIds: readonly string[],
): string[] {
  const named = persons.flatMap(({ identifiers, reference }) => [
    ...identifiers,
    reference.account,
  ]);
  return [
    ...new Set([
      ...named,
      ...messageIds,
      ...meta.sent.flatMap(({ providerId, token }) => [providerId, token ?? providerId]),
    ]),
  ];
}

/** Every secret of the installation, in the forms in which text could carry it. */
export function secrets({ settings, ring }: Installation): string[] {
  const given = Object.entries(settings)
    .filter(
      ([name]) =>
        /SECRET|TOKEN|API_KEY|DATABASE_URL|_FILE$/.test(name) && name !== 'ASSISTANT_FILE',
    )
    .flatMap(([, value]) => String(value).split(','));
  const keys = [
    ...RING_SECRETS.map((name) => ring.secret(name)),
    ...Array.from({ length: BUCKETS }, (_, bucket) => ring.bucketKeys(bucket)[0].key),
  ];
  return [
    ...given,
    ...keys.flatMap((key) => [
      key.toString('hex'),
      key.toString('base64'),
      key.toString('base64url'),
    ]),
  ];
}

/** Those of the words that stand in the text, by their places in the list, so that a failure prints none of them. */
export function foundIn(text: string, words: readonly string[]): number[] {
  return words.flatMap((word, place) => (word !== '' && text.includes(word) ? [place] : []));
}
