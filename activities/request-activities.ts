import type { Client } from '@temporalio/client';
import type { RequestState, RequestWork } from '../domain/privacy-request.ts';
import type { KeyRing } from '../lib/crypto/key-ring.ts';
import { failPoint } from '../lib/fail-point.ts';
import type { Log } from '../lib/log.ts';
import type { Database } from '../store/database.ts';
import { appendLedger, appendLedgerOnce } from '../store/ledger/ledger.ts';
import { closeRequest, dropContact } from '../store/requests/request-contact.ts';
import { fenceHeld } from '../store/erasure/fence-held.ts';
import type { People } from '../store/people/people.ts';
import { beginWork } from '../store/requests/request-work.ts';
import { recordStep } from '../store/requests/requests.ts';
import type { Tombstones } from '../store/erasure/tombstones.ts';
import { inTransaction } from '../store/transaction.ts';
import type { CertifyRequest } from './certify-request.ts';
import { createEraseSubject } from './erase-subject.ts';
import type { EraseSubject } from './erase-subject.ts';
import type { MailPerson } from './mail-person.ts';
import type { TellPerson } from './tell-person.ts';

/** What a privacy request may do to the world. */
export interface RequestActivities {
  recordState(step: { requestId: string; state: RequestState }): Promise<void>;
  /** Where the work stands; from here on, those who are to be erased will be. */
  beginWork(request: { requestId: string; isLastLook: boolean }): Promise<RequestWork>;
  eraseSubject: EraseSubject;
  certify: CertifyRequest;
  tellPerson: TellPerson;
  mailPerson: MailPerson;
  /** Drops the contact data and its key, and notes the reason if not everything was done. */
  forgetContact(request: { requestId: string; reason: string | null }): Promise<void>;
  /** Drops the contact data as well, and ends the request. */
  closeRequest(request: { requestId: string; reason: string | null }): Promise<void>;
  /** `afterHours` names the alert: each is in the ledger once. */
  alertStaff(alert: { requestId: string; afterHours: number; hoursLeft: number }): Promise<void>;
  recordMiss(request: { requestId: string }): Promise<void>;
}

export interface RequestDeps {
  db: Database;
  people: People;
  ring: KeyRing;
  tombstones: Tombstones;
  /** Of the privacy namespace. */
  privacy: Client;
  /** How long the AI provider keeps a log of what it was asked, in milliseconds; 0 when it keeps none. */
  modelRetentionMs: number;
  certify: CertifyRequest;
  tellPerson: TellPerson;
  mailPerson: MailPerson;
  log: Log;
}

export function createRequestActivities(deps: RequestDeps): RequestActivities {
  const { db, ring, log } = deps;
  return {
    recordState: ({ requestId, state }) => recordStep(db, requestId, state),
    beginWork: async (request) => {
      const work = await inTransaction(db, (trx) => beginWork(trx, deps.people, request));
      const isOver = work.isWithdrawn || work.isRefused;
      // What the law keeps is kept as it is: nothing is added to it or done with it any more.
      if (work.heldUntilMs > 0 && !isOver) await fenceHeld(db, deps.tombstones, request.requestId);
      return work;
    },
    eraseSubject: createEraseSubject(deps),
    certify: deps.certify,
    tellPerson: deps.tellPerson,
    mailPerson: deps.mailPerson,
    forgetContact: (request) => dropContact(db, ring, request),

    closeRequest: async (request) => {
      await dropContact(db, ring, request);
      await inTransaction(db, async (trx) => {
        const { requestId } = request;
        const end = await closeRequest(trx, requestId);
        if (end === null) return;
        await appendLedger(trx, {
          actorRole: 'system',
          action: 'request ended',
          requestId,
          details: { end },
        });
        failPoint('before close');
      });
    },

    alertStaff: async ({ requestId, afterHours, hoursLeft }) => {
      log.warn(
        { event: 'request due', count: hoursLeft },
        'a privacy request is due soon; the number is the hours left',
      );
      await inTransaction(db, (trx) =>
        appendLedgerOnce(trx, {
          actorRole: 'system',
          action: 'alert',
          requestId,
          details: { hours: afterHours },
        }),
      );
    },

    recordMiss: async ({ requestId }) => {
      log.error({ event: 'request late' }, 'a privacy request was not answered in time');
      await inTransaction(db, (trx) =>
        appendLedgerOnce(trx, {
          actorRole: 'system',
          action: 'deadline missed',
          requestId,
          details: {},
        }),
      );
    },
  };
}
