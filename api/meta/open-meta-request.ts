import { DAY_MS } from '../../domain/durations.ts';
import { POLICY } from '../../domain/policy.ts';
import type { RequestInput } from '../../domain/privacy-request.ts';
import type { CodeHash } from '../../lib/crypto/request-codes.ts';
import type { Log } from '../../lib/log.ts';
import type { SignedRequest } from '../../lib/meta/signed-request.ts';
import type { Database, InTransaction } from '../../store/database.ts';
import { fenceSubject } from '../../store/erasure/erasure.ts';
import { appendLedger } from '../../store/ledger/ledger.ts';
import { findOlderSubjects } from '../../store/people/older-subjects.ts';
import type { People } from '../../store/people/people.ts';
import { proveAccount, proveNobody } from '../../store/requests/request-accounts.ts';
import { findByCode } from '../../store/requests/request-status.ts';
import { createRequest, lockCode, recordStep } from '../../store/requests/requests.ts';
import type { NewRequest } from '../../store/requests/requests.ts';
import type { Tombstones } from '../../store/erasure/tombstones.ts';
import { inTransaction } from '../../store/transaction.ts';
import type { PrivacyRequests } from '../../lib/temporal/privacy-requests.ts';

export interface MetaRequestDeps {
  db: Database;
  people: People;
  tombstones: Tombstones;
  codeHash: CodeHash;
  requests: PrivacyRequests;
  log: Log;
}

/** A genuine request for the deletion of somebody. */
export type DeletionOfMeta = SignedRequest & { userId: string };

const WROTE_SINCE = 'a message came after this was asked for';
const REMOVED = 'the app was removed, which alone deletes nothing';

/**
 * Takes in a deletion that Meta signed, and returns its code; the same request again gets the same code and is not
 * carried out twice. Meta's signature is the proof. An id that we do not know gets its page as well.
 */
export async function openMetaRequest(
  deps: MetaRequestDeps,
  signed: DeletionOfMeta,
): Promise<string> {
  const code = codeOf(deps, 'meta request', signed);
  return openOnce(deps, code, (trx, now) => receive(trx, deps, { ...signed, code, now }));
}

/** Takes note that the app was removed from an account, as a request that names nobody and is refused with the reason. */
export async function openRemoval(deps: MetaRequestDeps, signed: SignedRequest): Promise<string> {
  const code = codeOf(deps, 'app removed', signed);
  return openOnce(deps, code, async (trx, now) => {
    const input = await createRequest(trx, deps.people, {
      ...requestOfMeta(deps, code),
      receivedAt: now,
      accounts: [],
      refusal: REMOVED,
    });
    await recordReceipt(trx, input.requestId);
    return input;
  });
}

/** Two requests without a time on the same day count as one. */
function codeOf(
  { codeHash }: MetaRequestDeps,
  what: 'meta request' | 'app removed',
  { userId, issuedAt }: SignedRequest,
): string {
  return codeHash.ofMeta(what, userId, issuedAt?.getTime() ?? Math.floor(Date.now() / DAY_MS));
}

/** Stores the request of a code unless it is there already, and starts it. */
async function openOnce(
  deps: MetaRequestDeps,
  code: string,
  store: (trx: InTransaction, now: Date) => Promise<RequestInput>,
): Promise<string> {
  const input = await inTransaction(deps.db, async (trx) => {
    await lockCode(trx, deps.codeHash.of('code', code));
    const known = await findByCode(trx, deps.codeHash, code);
    return known === undefined ? store(trx, new Date()) : null;
  });
  if (input === null) return code;
  try {
    await deps.requests.start(input);
  } catch (error) {
    deps.log.warn(
      { event: 'request waits', error },
      'a request of Meta could not be started; the reconcile schedule will',
    );
  }
  return code;
}

async function receive(
  trx: InTransaction,
  deps: MetaRequestDeps,
  { userId, issuedAt, code, now }: DeletionOfMeta & { code: string; now: Date },
): Promise<RequestInput> {
  const before = issuedAt !== null && issuedAt < now ? issuedAt : now;
  const { older, newer } = await findOlderSubjects(trx, deps.people, { userId, before });
  const input = await createRequest(trx, deps.people, {
    ...requestOfMeta(deps, code),
    receivedAt: receiptOf(before, now),
    accounts: ['instagram'],
    ...(older.length === 0 && newer > 0 ? { refusal: WROTE_SINCE } : {}),
  });
  const { requestId } = input;
  const channel = 'instagram';
  // Fenced off here and now, as of the time that Meta names: a message that comes while the request waits for its turn is
  // of a new person, and is not deleted with the old one.
  for (const subjectId of older) await fenceSubject(trx, deps.tombstones, subjectId, before);
  const isKnown = await proveAccount(trx, { requestId, channel, subjectIds: older });
  if (!isKnown) await proveNobody(trx, requestId, { channel, isAbsent: newer === 0 });
  if (older.length > 0) await recordStep(trx, requestId, 'working');
  await recordReceipt(trx, requestId);
  const verified = { by: 'signature of meta' } as const;
  await appendLedger(trx, {
    actorRole: 'meta',
    action: 'identity verified',
    requestId,
    details: verified,
  });
  return input;
}

function requestOfMeta({ codeHash }: MetaRequestDeps, code: string) {
  return {
    right: 'erasure',
    intake: 'meta',
    codeHash: codeHash.of('code', code),
    phrase: null,
    contact: {},
  } as const satisfies Partial<NewRequest>;
}

async function recordReceipt(trx: InTransaction, requestId: string): Promise<void> {
  await appendLedger(trx, {
    actorRole: 'meta',
    action: 'request received',
    requestId,
    details: { right: 'erasure', intake: 'meta' },
  });
}

/**
 * The clock runs from the time at which the person asked, as Meta tells it (policy D6). A request that reaches us when
 * those 72 hours are over already could never be on time: its clock runs from its receipt.
 */
function receiptOf(issuedAt: Date, now: Date): Date {
  return issuedAt.getTime() + POLICY.erasureSlaMs > now.getTime() ? issuedAt : now;
}
