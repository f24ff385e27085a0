import type { CodeHash } from '../../lib/crypto/request-codes.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../../lib/postgres/database.ts';
import { appendLedger } from '../../lib/postgres/ledger.ts';
import type { People } from '../../lib/postgres/people.ts';
import { createRequest, findByCode, findOlderSubjects, recordVerified } from '../../lib/postgres/requests.ts';
import { inTransaction } from '../../lib/postgres/transaction.ts';
import type { PrivacyRequests } from '../../lib/temporal/privacy-requests.ts';

export interface MetaRequestDeps {
  db: Database;
  people: People;
  codeHash: CodeHash;
  requests: PrivacyRequests;
  log: Log;
}

/**
 * Takes in a deletion that Meta signed, and returns its code; the same request again gets the same code and is not worked
 * twice. Meta's signature is the proof. Whoever wrote again after Meta issued it is left alone: it was not about that.
 * An id that we do not know gets its page as well.
 */
export async function openMetaRequest(deps: MetaRequestDeps, signed: { userId: string; issuedAt: Date }): Promise<string> {
  const code = deps.codeHash.ofMeta(signed.userId, signed.issuedAt.getTime());
  const known = await findByCode(deps.db, deps.codeHash, code);
  if (known !== undefined) return code;
  const receivedAt = signed.issuedAt.getTime() > Date.now() ? new Date() : signed.issuedAt;
  const input = await inTransaction(deps.db, async (trx) => {
    const subjects = await findOlderSubjects(trx, deps.people, signed);
    const created = await createRequest(trx, deps.people, {
      right: 'erasure',
      intake: 'meta',
      receivedAt,
      codeHash: deps.codeHash.of('code', code),
      phraseHash: null,
      channelsNamed: subjects.length,
      contact: { chats: [] },
    });
    const { requestId } = created;
    for (const subjectId of subjects) await recordVerified(trx, { requestId, subjectId, channel: 'instagram' });
    const received = { right: 'erasure', intake: 'meta' } as const;
    await appendLedger(trx, { actorRole: 'meta', action: 'request received', requestId, details: received });
    const verified = { by: 'signature of meta' } as const;
    await appendLedger(trx, { actorRole: 'meta', action: 'identity verified', requestId, details: verified });
    return created;
  });
  try {
    await deps.requests.start(input);
  } catch (error) {
    deps.log.warn({ event: 'request waits', error }, 'a request of Meta could not be started; the reconcile schedule will');
  }
  return code;
}
