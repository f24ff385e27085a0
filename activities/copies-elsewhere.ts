import type { CertificateStatement } from '../domain/certificate.ts';
import type { ErasureProof } from '../domain/erasure.ts';
import { POLICY } from '../domain/policy.ts';
import type { RequestContact } from '../store/requests/requests.ts';
import { guardEndsFor } from '../store/erasure/tombstones.ts';

type Elsewhere = Required<Pick<CertificateStatement, 'expiring_elsewhere' | 'kept_elsewhere'>>;

interface Known {
  issuedAt: Date;
  keyDestroyedAt: string;
  proofs: readonly ErasureProof[];
  /** When the log of the AI provider is gone; null when it holds nothing. */
  providerUntil: Date | null;
  /** Who is still to be told, and where; null when nobody is. */
  contact: RequestContact | null;
  /**
   * Backups of keys: as long as one can be opened, it still holds the key of everybody who was there when it was made.
   */
  hasKeyBackups: boolean;
  /** Whether mails go to a mail server, which somebody else runs. */
  mailsLeave: boolean;
}

/**
 * What others hold of somebody who was erased here: with a date where one is known, without one where we were told
 * none. A date is never earlier than the copy's end, and one that has passed is left out.
 */
export function copiesElsewhere(known: Known): Elsewhere {
  const { issuedAt, proofs, providerUntil, contact } = known;
  const expiring: Elsewhere['expiring_elsewhere'] = [];
  const add = (where: (typeof expiring)[number]['where'], until: Date | null) => {
    if (until !== null && until > issuedAt) expiring.push({ where, until: until.toISOString() });
  };
  const lastWordsMs = issuedAt.getTime() + POLICY.lastWordsMs;
  const hasLastWords = (contact?.chats.length ?? 0) > 0;
  // The last words are guarded as well, from the day on which they are said.
  const guards = [...proofs.map(guardOf), hasLastWords ? guardEndsMs(lastWordsMs) : null];
  add('guard against late messages', latest(guards));
  // A backup made just before the key was destroyed is opened by a key that was there before it.
  if (known.hasKeyBackups)
    add('key backups', after(Date.parse(known.keyDestroyedAt), POLICY.keyBackupMs));
  add('log of the AI provider', providerUntil);
  add('WhatsApp Cloud API', whatsAppUntil(known));
  const isOnInstagram =
    proofs.some(({ lastMetaUse }) => lastMetaUse?.channel === 'instagram') ||
    contact?.chats.some(({ channel }) => channel === 'instagram') === true;
  return {
    expiring_elsewhere: expiring,
    kept_elsewhere: [
      ...(isOnInstagram ? [{ where: 'Instagram' as const }] : []),
      ...(known.mailsLeave && contact?.replyTo !== undefined
        ? [{ where: 'mail server' as const }]
        : []),
    ],
  };
}

/** An older proof does not tell its guard's end: it was put up before the search that the proof tells of. */
function guardOf({ guardUntilMs, rescannedAt }: ErasureProof): number | null {
  return guardUntilMs === undefined ? guardEndsMs(Date.parse(rescannedAt)) : guardUntilMs;
}

function guardEndsMs(putUpByMs: number): number {
  return guardEndsFor(new Date(putUpByMs)).getTime();
}

/** The last words to the person go out after the certificate, so that their latest time counts too. */
function whatsAppUntil({ issuedAt, proofs, contact }: Known): Date | null {
  const tells = contact?.chats.some(({ channel }) => channel === 'whatsapp') === true;
  const last = latest([
    ...proofs.map(({ lastMetaUse }) =>
      lastMetaUse?.channel === 'whatsapp' ? lastMetaUse.lastMs : null,
    ),
    tells ? issuedAt.getTime() + POLICY.lastWordsMs : null,
  ]);
  return last === null ? null : after(last.getTime(), POLICY.cloudApiCopyMs);
}

function latest(times: readonly (number | null)[]): Date | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : new Date(Math.max(...known));
}

function after(timeMs: number, ms: number): Date {
  return new Date(timeMs + ms);
}
