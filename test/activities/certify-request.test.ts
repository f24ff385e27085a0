import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createCertifyRequest } from '../../activities/certify-request.ts';
import type { ErasureProof } from '../../domain/erasure.ts';
import { BackupKeys } from '../../lib/crypto/backup-keys.ts';
import { verifyCertificate } from '../../lib/crypto/certificate.ts';
import { ensureSigningKeys, SigningKeys } from '../../lib/crypto/signing-keys.ts';
import { findCertificate } from '../../lib/postgres/certificates.ts';
import { createStorage } from '../support/storage.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DESTROYED = '2026-11-20T10:00:00.000Z';
const folder = temporaryFolder();
const { db } = await createStorage();
const keyFile = join(folder, 'signing-keys.json');
await ensureSigningKeys(keyFile, new Date());
const keys = SigningKeys.open(keyFile);
const backupKeys = new BackupKeys(join(folder, 'backup-keys'));
const certify = createCertifyRequest({
  db,
  keys,
  backupKeys,
  issuer: { company: 'Example Bakery', url: 'https://chat.example.com' },
});

/** A request for which somebody was erased; what its certificate says still expires elsewhere. */
async function expiringElsewhere(): Promise<{ where: string; until: string }[]> {
  const requestId = randomUUID();
  const proof: ErasureProof = {
    outcome: 'erased',
    erased: [{ store: 'messages', count: 2 }],
    buckets: 3,
    keyDestroyedAt: DESTROYED,
    rescannedAt: DESTROYED,
    rescanned: [{ store: 'messages', count: 0 }],
    lastModelCallMs: null,
  };
  await db
    .insertInto('mayfly.requests')
    .values({
      id: requestId,
      right_asked: 'erasure',
      intake: 'form',
      state: 'working',
      code_hash: Buffer.from(requestId),
      received_at: new Date(DESTROYED),
      due_at: new Date(DESTROYED),
      door_closed_at: new Date(DESTROYED),
    })
    .execute();
  await db
    .insertInto('mayfly.request_accounts')
    .values({
      request_id: requestId,
      channel: 'whatsapp',
      proven_at: new Date(DESTROYED),
      erased_at: new Date(DESTROYED),
    })
    .execute();
  await db
    .insertInto('mayfly.request_subjects')
    .values({
      request_id: requestId,
      subject_id: randomUUID(),
      channel: 'whatsapp',
      proof: JSON.stringify(proof),
    })
    .execute();
  await new MockActivityEnvironment().run(certify, { requestId });
  const finding = await verifyCertificate(
    (await findCertificate(db, requestId)) ?? '',
    keys.jwks(),
  );
  if (!finding.isValid) throw new Error(finding.reason);
  return finding.certificate.expiring_elsewhere;
}

const guard = { where: 'guard against late messages', until: '2026-11-28T10:00:00.000Z' };

test('a certificate names no key backups where none are made', async () => {
  expect(await expiringElsewhere()).toEqual([guard]);
});

test('a certificate says that key backups open until 48 hours after the key was destroyed', async () => {
  backupKeys.forSealing(new Date());
  expect(await expiringElsewhere()).toEqual([
    guard,
    { where: 'key backups', until: '2026-11-22T10:00:00.000Z' },
  ]);
});
