import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';

/** A mail that the server took. */
export interface ReceivedMail {
  from: string;
  to: string[];
  headers: Record<string, string>;
  text: string;
  /** Whether it came over TLS. */
  isSealed: boolean;
}

/** What becomes of the next mail; one after the other, and then all are taken. */
export type MailPlan =
  | { refuse: number; at: 'RCPT TO' | 'DATA' }
  /** Taken, and the connection ends before anybody is told. */
  | 'take, and cut the answer';

/** A mail server over SMTP on the loopback interface, without TLS unless told otherwise. */
export async function startFakeMailServer(options: SMTPServerOptions = {}) {
  const received: ReceivedMail[] = [];
  const plans: MailPlan[] = [];
  let logins = 0;
  const refusal = (at: 'RCPT TO' | 'DATA') => {
    const [plan] = plans;
    if (plan === undefined || typeof plan === 'string' || plan.at !== at) return null;
    plans.shift();
    return Object.assign(new Error('the fake refuses it'), { responseCode: plan.refuse });
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: options.key === undefined ? ['STARTTLS'] : [],
    onAuth: ({ username, password }, _session, done) => {
      logins += 1;
      if (username === 'user' && password === 'pass/word') done(null, { user: username });
      else done(new Error('the fake does not know this login'));
    },
    onRcptTo: (_address, _session, done) => done(refusal('RCPT TO')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const no = refusal('DATA');
        if (no !== null) return done(no);
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          isSealed: session.secure,
          ...parseMail(Buffer.concat(chunks).toString('utf8')),
        });
        if (plans[0] !== 'take, and cut the answer') return done();
        plans.shift();
        for (const connection of server.connections as Set<{ _socket: { destroy(): void } }>)
          connection._socket.destroy();
      });
    },
    ...options,
  });
  // A connection that a client breaks off is its own affair.
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    received,
    plan: (...next: MailPlan[]) => void plans.push(...next),
    logins: () => logins,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  };
}

/** As much of a mail as those of ours need: one part, in quoted-printable. */
export function parseMail(raw: string): Pick<ReceivedMail, 'headers' | 'text'> {
  const end = raw.indexOf('\r\n\r\n');
  const headers = raw
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
    .map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 2),
    ]);
  const text = raw
    .slice(end + 4)
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/(=[0-9A-F]{2})+/g, (bytes) =>
      Buffer.from(bytes.replaceAll('=', ''), 'hex').toString('utf8'),
    )
    .replaceAll('\r\n', '\n');
  return { headers: Object.fromEntries(headers) as Record<string, string>, text };
}
