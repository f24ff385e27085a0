import { CHANNELS } from '../../domain/channels.ts';
import type { Intake, RequestInput, Right } from '../../domain/privacy-request.ts';
import type { CodeHash, RequestCodes } from '../../lib/crypto/request-codes.ts';
import { newRequestCodes } from '../../lib/crypto/request-codes.ts';
import type { Log } from '../../lib/log.ts';
import type { Database } from '../../store/database.ts';
import { appendLedger } from '../../store/ledger/ledger.ts';
import type { People } from '../../store/people/people.ts';
import { createRequest } from '../../store/requests/requests.ts';
import type { NewContact } from '../../store/requests/requests.ts';
import { inTransaction } from '../../store/transaction.ts';
import type { PrivacyRequests } from '../../lib/temporal/privacy-requests.ts';

export interface OpenRequestDeps {
  db: Database;
  people: People;
  codeHash: CodeHash;
  requests: PrivacyRequests;
  log: Log;
}

export interface NewRequest {
  right: Right;
  intake: Intake;
  contact: NewContact;
  /** When it reached us, where that was before it was typed in here. */
  receivedAt?: Date;
  /** The pseudonym of the member of staff who took it in for the person. */
  takenInBy?: string;
}

export interface OpenedRequest extends RequestCodes {
  input: RequestInput;
  /** The accounts as they were read, to show to the person who wrote them; null for one that was not named. */
  understood: { instagram: string | null; whatsapp: string | null };
}

/**
 * Takes a request in. Nothing is looked up: the answer, and the time that it takes, are the same whether or not we know
 * the person. The clock runs from the commit; when Temporal is away, the reconcile schedule starts the workflow later.
 */
export async function openRequest(
  deps: OpenRequestDeps,
  request: NewRequest,
): Promise<OpenedRequest> {
  const codes = newRequestCodes();
  const { right, intake, receivedAt = new Date(), takenInBy } = request;
  const { instagram, whatsapp, replyTo } = request.contact;
  // Mails name the status page; where none are sent, only the person who asked has the code.
  const contact =
    replyTo === undefined ? request.contact : { ...request.contact, code: codes.code };
  const input = await inTransaction(deps.db, async (trx) => {
    const created = await createRequest(trx, deps.people, {
      right,
      intake,
      contact,
      receivedAt,
      codeHash: deps.codeHash.of('code', codes.code),
      phrase: { text: codes.phrase, hash: deps.codeHash.of('phrase', codes.phrase) },
      accounts: CHANNELS.filter((channel) => request.contact[channel] !== undefined),
    });
    const by = takenInBy === undefined ? 'person' : 'staff';
    await appendLedger(trx, {
      actorRole: by,
      actor: takenInBy ?? null,
      action: 'request received',
      requestId: created.requestId,
      details: { right, intake },
    });
    return created;
  });
  await startOrLeave(deps, input);
  const understood = { instagram: instagram ?? null, whatsapp: whatsapp ?? null };
  return { ...codes, input, understood };
}

async function startOrLeave(
  { requests, log }: OpenRequestDeps,
  input: RequestInput,
): Promise<void> {
  try {
    await requests.start(input);
  } catch (error) {
    log.warn(
      { event: 'request waits', error },
      'a privacy request could not be started; the reconcile schedule will',
    );
  }
}
