import type { Database, InTransaction } from '../database.ts';

/** The certificate of a request, as a JWS; undefined before it was issued. */
export async function findCertificate(
  db: Database | InTransaction,
  requestId: string,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('mayfly.certificates')
    .select('statement')
    .where('request_id', '=', requestId)
    .executeTakeFirst();
  return row?.statement;
}

/** Keeps a certificate; a request has one, and it is never changed. */
export async function saveCertificate(
  trx: InTransaction,
  certificate: { requestId: string; id: string; statement: string },
): Promise<void> {
  await trx
    .insertInto('mayfly.certificates')
    .values({
      request_id: certificate.requestId,
      id: certificate.id,
      statement: certificate.statement,
    })
    .execute();
}

/** Whether the certificate of a request was issued before this time; false when there is none. */
export async function isCertifiedBefore(
  trx: InTransaction,
  requestId: string,
  time: Date,
): Promise<boolean> {
  const row = await trx
    .selectFrom('mayfly.certificates')
    .select('id')
    .where('request_id', '=', requestId)
    .where('issued_at', '<', time)
    .executeTakeFirst();
  return row !== undefined;
}
