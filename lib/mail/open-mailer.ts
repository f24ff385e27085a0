import path from 'node:path';
import type { Mailer } from './mailer.ts';
import { createOutboxFolder } from './outbox-folder.ts';
import { createSmtpMailer } from './smtp-mailer.ts';

/** The settings that say how mail goes. */
export interface MailSettings {
  SMTP_URL?: string | undefined;
  STAND_INS: readonly string[];
}

/** How a mail goes: through a mail server, into the outbox that `npm start` keeps in its place, or not at all. */
export type MailWay = 'mail server' | 'outbox' | 'none';

export function mailWay({ SMTP_URL: smtpUrl, STAND_INS: standIns }: MailSettings): MailWay {
  if (smtpUrl !== undefined) return 'mail server';
  return standIns.includes('mail') ? 'outbox' : 'none';
}

/** Null when no mail is sent here. */
export function openMailer(
  settings: MailSettings & {
    DATA_DIR?: string | undefined;
    COMPANY_NAME: string;
    CONTACT_EMAIL: string;
    PUBLIC_URL: string;
  },
): Mailer | null {
  const { SMTP_URL: smtpUrl, DATA_DIR: dataDir } = settings;
  const sender = {
    companyName: settings.COMPANY_NAME,
    contactEmail: settings.CONTACT_EMAIL,
    host: new URL(settings.PUBLIC_URL).hostname,
  };
  if (smtpUrl !== undefined) return createSmtpMailer(sender, { smtpUrl });
  if (mailWay(settings) === 'none' || dataDir === undefined) return null;
  return createOutboxFolder(sender, path.join(dataDir, 'outbox'));
}
