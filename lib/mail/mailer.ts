/** One mail, as plain text. */
export interface Mail {
  /** The same for the same mail, so that a mail that comes twice can be known as one. Holds nothing about anybody. */
  id: string;
  to: string;
  subject: string;
  text: string;
}

/**
 * What became of a mail: `refused` is for good, `not sent` is safe to try again, and with `unsure` nobody knows whether
 * the server took it, because its answer was lost.
 */
export type MailOutcome = 'sent' | 'refused' | 'not sent' | 'unsure';

/** Sends mails, one try each. It never throws for what the other side does: an error of SMTP quotes the address. */
export interface Mailer {
  send(mail: Mail): Promise<MailOutcome>;
  close(): void;
}

/** The sender of mails: the company, under the address where questions are answered. */
export interface Sender {
  companyName: string;
  contactEmail: string;
  /** The host of the public address; the right half of each mail's id. */
  host: string;
}

/** The parts of a mail that are the same however it is sent. Programs that answer mail by themselves leave it alone. */
export function envelopeOf({ companyName, contactEmail, host }: Sender, mail: Mail) {
  return {
    from: { name: companyName, address: contactEmail },
    subject: mail.subject,
    text: mail.text,
    messageId: `<${mail.id}@${host}>`,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    textEncoding: 'quoted-printable' as const,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
