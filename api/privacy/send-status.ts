import type { Request, Response } from 'express';
import type { Channel } from '../../domain/channels.ts';
import { maskedHandle, maskedNumber } from '../../domain/masked-account.ts';
import { formattedNumber } from '../../lib/meta/written-number.ts';
import type { InTransaction } from '../../store/database.ts';
import type { People } from '../../store/people/people.ts';
import { readContact, readPhrase } from '../../store/requests/request-contact.ts';
import type { RequestContact } from '../../store/requests/requests.ts';
import type { FoundRequest } from '../../store/requests/request-status.ts';
import { inTransaction } from '../../store/transaction.ts';
import type { FieldError } from './request-form.ts';
import type { RequestRouteDeps } from './request-route-deps.ts';
import { statusPage } from './status-page.ts';

/** Handles a call that names a request by its code. */
export type CodeHandler = (
  request: Request,
  response: Response,
  found: FoundRequest,
  code: string,
) => void | Promise<void>;

/** Shows a person where their request stands, with the phrase and what they named for as long as that is waited for. */
export async function sendStatus(
  { site, publicUrl, db, people }: RequestRouteDeps,
  response: Response,
  { found, code, errors = [] }: { found: FoundRequest; code: string; errors?: FieldError[] },
): Promise<void> {
  const waits = found.door === 'open' && found.accounts.some(({ provenAt }) => provenAt === null);
  const kept = waits ? await inTransaction(db, (trx) => readKept(trx, people, found.id)) : NOTHING;
  const statusUrl = `${publicUrl}/privacy/requests/${code}`;
  const page = statusPage(site, found, { statusUrl, now: new Date(), errors, ...kept });
  response.type('html').send(String(page));
}

const NOTHING = { phrase: null, named: {} };

async function readKept(trx: InTransaction, people: People, requestId: string) {
  const contact = await readContact(trx, people, requestId);
  const phrase = contact === null ? null : await readPhrase(trx, people, requestId);
  return { phrase, named: namesIn(contact) };
}

/**
 * As it was read, so that the person can spot a slip; masked where the address of this page also went out in a mail.
 */
function namesIn(contact: RequestContact | null): Partial<Record<Channel, string>> {
  const { instagram, whatsapp, replyTo } = contact ?? {};
  const number = whatsapp === undefined ? undefined : formattedNumber(whatsapp);
  const isMasked = replyTo !== undefined;
  return {
    ...(instagram === undefined
      ? {}
      : { instagram: isMasked ? maskedHandle(instagram) : `@${instagram}` }),
    ...(number === undefined ? {} : { whatsapp: isMasked ? maskedNumber(number) : number }),
  };
}
