import { randomBytes } from 'node:crypto';
import type { MailEvent } from '../../domain/privacy-request.ts';
import type { NamedAccount } from '../../domain/request-accounts.ts';
import type { MailOutcome } from '../../lib/mail/mailer.ts';
import type { InTransaction } from '../database.ts';
import type { People } from '../people/people.ts';
import { findAccounts } from './request-accounts.ts';
import { readContact, writeContact } from './request-contact.ts';

/** A mail that is to be sent now. */
export interface DueMail {
  /** A random name of this mail: nothing of ours goes out with it by which the request could be found again. */
  id: string;
  to: string;
  /** Opens the status page. */
  code: string;
  dueAt: Date;
  accounts: NamedAccount[];
}

/** Sends of unknown outcome: after this many there is no further one, so that a mail comes once more at most. */
const UNSURE_SENDS = 2;

interface NamedMail {
  requestId: string;
  event: MailEvent;
}

/**
 * Notes that a mail is about to be sent, and returns it; null when it went already, may have gone twice, comes too late to
 * be of use, or when there is no address: none was given, or it was dropped.
 */
export async function beginMail(
  trx: InTransaction,
  people: People,
  { requestId, event }: NamedMail,
): Promise<DueMail | null> {
  const contact = await readContact(trx, people, requestId);
  if (contact?.replyTo === undefined || contact.code === undefined) return null;
  const begun = contact.mails?.[event] ?? { isOver: false, unsure: 0 };
  const { isOver, unsure, id = randomBytes(16).toString('hex') } = begun;
  // A person who has the answer is no longer told that their request is in.
  const isTooLate =
    event === 'received' && Object.keys(contact.mails ?? {}).some((one) => one !== event);
  if (isOver || isTooLate || unsure >= UNSURE_SENDS) return null;
  const mails = { ...contact.mails, [event]: { isOver, unsure: unsure + 1, id } };
  await writeContact(trx, people, requestId, { ...contact, mails });
  const { due_at: dueAt } = await trx
    .selectFrom('mayfly.requests')
    .select('due_at')
    .where('id', '=', requestId)
    .executeTakeFirstOrThrow();
  const accounts = await findAccounts(trx, requestId);
  return { id, to: contact.replyTo, code: contact.code, dueAt, accounts };
}

/** Notes what became of a mail that was begun. */
export async function endMail(
  trx: InTransaction,
  people: People,
  { requestId, event, outcome }: NamedMail & { outcome: MailOutcome },
): Promise<void> {
  const contact = await readContact(trx, people, requestId);
  const begun = contact?.mails?.[event];
  if (contact === null || begun === undefined || outcome === 'unsure') return;
  const isOver = outcome !== 'not sent';
  const unsure = Math.max(begun.unsure - 1, 0);
  const mails = { ...contact.mails, [event]: { ...begun, isOver, unsure } };
  await writeContact(trx, people, requestId, { ...contact, mails });
}
