import { answeredAccounts } from '../domain/request-accounts.ts';
import { requestMail } from '../domain/request-mails.ts';
import type { MailFacts } from '../domain/request-mails.ts';
import type { MailEvent } from '../domain/privacy-request.ts';
import { failPoint } from '../lib/fail-point.ts';
import type { Log } from '../lib/log.ts';
import type { Mailer } from '../lib/mail/mailer.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { Database } from '../store/database.ts';
import type { People } from '../store/people/people.ts';
import { beginMail, endMail } from '../store/requests/request-mails.ts';
import type { DueMail } from '../store/requests/request-mails.ts';
import { inTransaction } from '../store/transaction.ts';
import type { OwnWords } from './own-words.ts';

/**
 * Mails the person who gave an address for the answer. While the mail server is away it fails, to be tried again, until
 * `untilMs` (in ms since 1970) has passed; then it gives the mail up, and says so in the log.
 */
export type MailPerson = (mail: {
  requestId: string;
  event: MailEvent;
  untilMs: number;
}) => Promise<void>;

export interface MailPersonDeps {
  db: Database;
  people: People;
  /** Null when no mail is sent here. */
  mailer: Mailer | null;
  words: Pick<OwnWords, 'speaker' | 'languages'>;
  publicUrl: string;
  metrics: Pick<Metrics, 'mails'>;
  log: Log;
}

/**
 * One mail for each event. What a crash leaves unsure is sent once more at most, under the same Message-ID, because an
 * answer that came twice is better than none.
 */
export function createMailPerson(deps: MailPersonDeps): MailPerson {
  const { db, people, mailer, metrics, log } = deps;
  return async ({ requestId, event, untilMs }) => {
    const due = await inTransaction(db, (trx) => beginMail(trx, people, { requestId, event }));
    if (due === null) return;
    const mail = {
      id: due.id,
      to: due.to,
      ...requestMail(deps.words.languages[0], event, factsOf(deps, event, due)),
    };
    const outcome = mailer === null ? 'not sent' : await mailer.send(mail);
    failPoint('after mail');
    await inTransaction(db, (trx) => endMail(trx, people, { requestId, event, outcome }));
    metrics.mails.inc({ outcome });
    if (outcome === 'sent') return;
    log.warn({ event: 'person not mailed', outcome }, 'a mail about a request did not go out');
    if (outcome === 'refused' || mailer === null || Date.now() >= untilMs) return;
    throw new Error('A mail about a request did not go out; it is tried again.');
  };
}

function factsOf({ words, publicUrl }: MailPersonDeps, event: MailEvent, due: DueMail): MailFacts {
  const { companyName, contactEmail } = words.speaker;
  const at = due.dueAt.toISOString();
  return {
    companyName,
    contactEmail,
    statusUrl: `${publicUrl}/privacy/requests/${due.code}`,
    deletionUrl: `${publicUrl}/privacy/deletion`,
    dueAt: `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`,
    accounts: accountsIn(event, due),
  };
}

/** Said where something was deleted; "everything" is not said while an account still waits. */
function accountsIn(event: MailEvent, { accounts }: DueMail): MailFacts['accounts'] {
  if (event !== 'erased' && event !== 'erased in part') return [];
  const answered = answeredAccounts(accounts);
  if (answered === null) throw new Error('An account of this request still waits.');
  return answered;
}
