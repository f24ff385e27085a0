import { createTransport } from 'nodemailer';
import { envelopeOf } from './mailer.ts';
import type { Mailer, MailOutcome, Sender } from './mailer.ts';

/** Hosts that a mail reaches without leaving the machine. */
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };

/**
 * The link to the mail server (policy S1): TLS 1.2 or newer, from the first byte (`smtps:`) or by STARTTLS (`smtp:`),
 * which is insisted on; without it nothing is sent. Only on this machine itself `smtp:` goes without TLS.
 */
export function smtpOptions(smtpUrl: string) {
  const url = new URL(smtpUrl);
  const isLoopback = LOOPBACK.test(url.hostname);
  const secure = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    port: Number(url.port) || (PORTS[url.protocol] ?? 0),
    secure,
    requireTLS: !secure && !isLoopback,
    ignoreTLS: !secure && isLoopback,
    tls: { minVersion: 'TLSv1.2' as const },
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    dnsTimeout: 10_000,
  };
}

/** `ca` is the certificate of a mail server's own authority, for one that is not publicly known. */
export function createSmtpMailer(
  sender: Sender,
  { smtpUrl, ca }: { smtpUrl: string; ca?: string },
): Mailer {
  const options = smtpOptions(smtpUrl);
  const tls = ca === undefined ? options.tls : { ...options.tls, ca };
  const transport = createTransport({ ...options, tls });
  return {
    send: async (mail) => {
      // The connection first, by itself, so that a server that is away or does not let us in is known to have got
      // nothing.
      try {
        await transport.verify();
      } catch {
        return 'not sent';
      }
      try {
        await transport.sendMail({ ...envelopeOf(sender, mail), to: mail.to });
        return 'sent';
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** An answer of the server's says that it did not take the mail; without one, nobody knows. */
function outcomeOf(error: unknown): MailOutcome {
  if (!(error instanceof Error) || !('responseCode' in error)) return 'unsure';
  const { responseCode: code } = error;
  if (typeof code !== 'number') return 'unsure';
  const isAboutThisMail = 'command' in error && /^(RCPT TO|DATA)$/.test(String(error.command));
  return code >= 500 && isAboutThisMail ? 'refused' : 'not sent';
}
