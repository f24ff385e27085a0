import path from 'node:path';
import type { Mailer } from './mailer.ts';
import { createOutboxFolder } from './outbox-folder.ts';
import { createSmtpMailer } from './smtp-mailer.ts';

/** How a mail goes: through a mail server, into the outbox that `npm start` keeps in its place, or not at all. */
export type MailWay = 'mail server' | 'outbox' | 'none';

/** Null when no mail is sent here. */
export function openMailer(settings: {
  SMTP_URL?: string | undefined;
  STAND_INS: readonly string[];
  DATA_DIR?: string | undefined;
  COMPANY_NAME: string;
  CONTACT_EMAIL: string;
  PUBLIC_URL: string;
}): Mailer | null {
  const { SMTP_URL: smtpUrl, STAND_INS: standIns, DATA_DIR: dataDir } = settings;
  const sender = {
    companyName: settings.COMPANY_NAME,
    contactEmail: settings.CONTACT_EMAIL,
    host: new URL(settings.PUBLIC_URL).hostname,
  };
  if (smtpUrl !== undefined) return createSmtpMailer(sender, { smtpUrl });
  if (!standIns.includes('mail') || dataDir === undefined) return null;
  return createOutboxFolder(sender, path.join(dataDir, 'outbox'));
}
