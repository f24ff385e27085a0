import { randomUUID } from 'node:crypto';
import type { CertificateStatement } from '../domain/certificate.ts';
import type { ErasureProof, StoreCount } from '../domain/erasure.ts';
import { answeredAccounts } from '../domain/request-accounts.ts';
import type { BackupKeys } from '../lib/crypto/backup-keys.ts';
import { issueCertificate } from '../lib/crypto/certificate.ts';
import type { SigningKeys } from '../lib/crypto/signing-keys.ts';
import { failPoint } from '../lib/fail-point.ts';
import { findCertificate, saveCertificate } from '../store/requests/certificates.ts';
import type { Database } from '../store/database.ts';
import { appendLedgerOnce } from '../store/ledger/ledger.ts';
import type { People } from '../store/people/people.ts';
import { readContact } from '../store/requests/request-contact.ts';
import { readProofs } from '../store/requests/request-work.ts';
import type { ProvenRequest } from '../store/requests/request-work.ts';
import { inTransaction } from '../store/transaction.ts';
import { copiesElsewhere } from './copies-elsewhere.ts';

/** Issues the certificate of a request that was carried out: once, and never a second one. */
export type CertifyRequest = (request: { requestId: string }) => Promise<void>;

export interface CertifyDeps {
  db: Database;
  keys: SigningKeys;
  /**
   * The keys of key backups: as long as a backup can be opened, it still holds the key of everybody who was there when
   * it was made.
   */
  backupKeys: Pick<BackupKeys, 'isInUse'>;
  issuer: { company: string; url: string };
  people: People;
  /** Whether mails go to a mail server, which somebody else runs. */
  mailsLeave: boolean;
}

export function createCertifyRequest(deps: CertifyDeps): CertifyRequest {
  const { db, keys, backupKeys, people, mailsLeave } = deps;
  return async ({ requestId }) => {
    await inTransaction(db, async (trx) => {
      if ((await findCertificate(trx, requestId)) !== undefined) return;
      const { request, proofs, accounts } = await readProofs(trx, requestId);
      // What is signed stays signed: nothing may be left to erase, and nothing may be added any more.
      const answered = request.isDoorClosed ? answeredAccounts(accounts) : null;
      if (answered === null) throw new Error('An account of this request still waits.');
      const ledger = await appendLedgerOnce(trx, {
        actorRole: 'system',
        action: 'certificate issued',
        requestId,
        details: {},
      });
      const issuedAt = new Date();
      const keyDestroyedAt = last(proofs.map((proof) => proof.keyDestroyedAt));
      const elsewhere = copiesElsewhere({
        ...{ issuedAt, keyDestroyedAt, proofs, mailsLeave },
        providerUntil: request.expiringUntil,
        contact: await readContact(trx, people, requestId),
        hasKeyBackups: backupKeys.isInUse(issuedAt),
      });
      const statement = {
        ...certificateOf(deps.issuer, request, {
          ...{ accounts: answered, proofs, ledger, issuedAt, keyDestroyedAt },
        }),
        ...elsewhere,
      };
      const jws = await issueCertificate(keys, statement);
      await saveCertificate(trx, { requestId, id: statement.certificate_id, statement: jws });
    });
    failPoint('after certificate');
  };
}

function certificateOf(
  issuer: CertifyDeps['issuer'],
  request: ProvenRequest,
  {
    accounts,
    proofs,
    ledger,
    issuedAt,
    keyDestroyedAt,
  }: {
    accounts: NonNullable<CertificateStatement['accounts']>;
    proofs: readonly ErasureProof[];
    ledger: { position: number; hash: string };
    issuedAt: Date;
    keyDestroyedAt: string;
  },
): Omit<CertificateStatement, 'expiring_elsewhere' | 'kept_elsewhere'> {
  return {
    certificate_id: randomUUID(),
    issuer,
    issued_at: issuedAt.toISOString(),
    request: {
      id: request.id,
      received_at: request.receivedAt.toISOString(),
      due_at: request.dueAt.toISOString(),
      right: request.right,
      intake: request.intake,
    },
    accounts,
    erased: sum(proofs.flatMap(({ erased }) => erased)),
    keys_destroyed: {
      buckets: proofs.reduce((buckets, proof) => buckets + proof.buckets, 0),
      at: keyDestroyedAt,
    },
    rescan: {
      at: last(proofs.map((proof) => proof.rescannedAt)),
      // As it was found: the certificate refuses to be issued for anything but zero.
      found: sum(
        proofs.flatMap(({ rescanned }) => rescanned),
      ) as CertificateStatement['rescan']['found'],
    },
    ledger: { position: ledger.position, hash: ledger.hash },
  };
}

function last(times: readonly string[]): string {
  return times.toSorted().at(-1) ?? new Date().toISOString();
}

/** One count for each store, in the order in which the stores first appear. */
function sum(counts: readonly StoreCount[]): StoreCount[] {
  const totals = new Map<string, number>();
  for (const { store, count } of counts) totals.set(store, (totals.get(store) ?? 0) + count);
  return [...totals].map(([store, count]) => ({ store, count }));
}
