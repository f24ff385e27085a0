import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createCertifyRequest } from '../../activities/certify-request.ts';
import type { ErasureProof } from '../../domain/erasure.ts';
import { BackupKeys } from '../../lib/crypto/backup-keys.ts';
import { verifyCertificate } from '../../lib/crypto/certificate.ts';
import { ensureSigningKeys, SigningKeys } from '../../lib/crypto/signing-keys.ts';
import { findCertificate } from '../../store/requests/certificates.ts';
import { createRequest } from '../../store/requests/requests.ts';
import type { RequestContact } from '../../store/requests/requests.ts';
import { inTransaction } from '../../store/transaction.ts';
import { createStorage } from '../support/storage.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOW = Date.now();
const DESTROYED = new Date(NOW - HOUR_MS).toISOString();
const folder = temporaryFolder();
const { db, people } = await createStorage();
const keyFile = join(folder, 'signing-keys.json');
await ensureSigningKeys(keyFile, new Date());
const keys = SigningKeys.open(keyFile);
const backupKeys = new BackupKeys(join(folder, 'backup-keys'));
const certify = createCertifyRequest({
  db,
  keys,
  backupKeys,
  people,
  mailsLeave: true,
  issuer: { company: 'Example Bakery', url: 'https://chat.example.com' },
});

/** What a proof of an earlier version lacks: written as JSON, these are not there. */
const UNTOLD = {
  lastMetaUse: undefined,
  guardUntilMs: undefined,
} as unknown as Partial<ErasureProof>;

/** A request for which somebody was erased; what its certificate says of copies elsewhere. */
async function elsewhere({
  contact = null,
  asked = null,
  ...known
}: Partial<ErasureProof> & { contact?: Partial<RequestContact> | null; asked?: Date | null } = {}) {
  const proof: ErasureProof = {
    outcome: 'erased',
    erased: [{ store: 'messages', count: 2 }],
    buckets: 3,
    keyDestroyedAt: DESTROYED,
    rescannedAt: DESTROYED,
    rescanned: [{ store: 'messages', count: 0 }],
    lastModelCallMs: null,
    lastMetaUse: { channel: 'whatsapp', lastMs: NOW - 5 * DAY_MS },
    guardUntilMs: NOW + 8 * DAY_MS,
    ...known,
  };
  const requestId = await inTransaction(db, async (trx) => {
    const request = await createRequest(trx, people, {
      right: 'erasure',
      intake: 'form',
      receivedAt: new Date(DESTROYED),
      codeHash: randomBytes(32),
      phrase: null,
      accounts: ['whatsapp'],
      contact: { chats: [], ...contact },
    });
    await trx
      .insertInto('mayfly.request_subjects')
      .values({
        request_id: request.requestId,
        subject_id: randomUUID(),
        channel: 'whatsapp',
        proof: JSON.stringify(proof),
      })
      .execute();
    await trx
      .updateTable('mayfly.requests')
      .set({ expiring_until: asked, door_closed_at: new Date(DESTROYED) })
      .where('id', '=', request.requestId)
      .execute();
    await trx
      .updateTable('mayfly.request_accounts')
      .set({ proven_at: new Date(DESTROYED), erased_at: new Date(DESTROYED) })
      .where('request_id', '=', request.requestId)
      .execute();
    return request.requestId;
  });
  await new MockActivityEnvironment().run(certify, { requestId });
  const finding = await verifyCertificate(
    (await findCertificate(db, requestId)) ?? '',
    keys.jwks(),
  );
  if (!finding.isValid) throw new Error(finding.reason);
  return {
    expiring: finding.certificate.expiring_elsewhere,
    kept: finding.certificate.kept_elsewhere,
  };
}

const at = (ms: number) => new Date(ms).toISOString();
const guard = { where: 'guard against late messages', until: at(NOW + 8 * DAY_MS) };
/** Thirty days after the last message, and that was five days ago. */
const atMeta = { where: 'WhatsApp Cloud API', until: at(NOW + 25 * DAY_MS) };

test('a certificate names no key backups where none are made', async () => {
  expect((await elsewhere()).expiring).toEqual([guard, atMeta]);
});

test('a certificate says that key backups open until 48 hours after the key was destroyed', async () => {
  backupKeys.forSealing(new Date());
  const until = at(Date.parse(DESTROYED) + 48 * HOUR_MS);
  expect((await elsewhere()).expiring).toEqual([guard, { where: 'key backups', until }, atMeta]);
  backupKeys.destroyOlderThan(0, new Date());
});

test('P-D2: a certificate says until when the AI provider keeps its log, and says nothing of one that is gone', async () => {
  const asked = new Date(NOW + 20 * DAY_MS);
  expect((await elsewhere({ asked })).expiring).toEqual([
    guard,
    { where: 'log of the AI provider', until: asked.toISOString() },
    atMeta,
  ]);
  expect((await elsewhere({ asked: new Date(NOW - DAY_MS) })).expiring).toEqual([guard, atMeta]);
});

test('P-D5: the last words in a chat count for what WhatsApp keeps of it and for their guard, although they follow the certificate', async () => {
  const to = { kind: 'whatsapp phone', value: '+15550100001' } as const;
  const chats = [{ channel: 'whatsapp' as const, account: 'a', to }];
  const { expiring } = await elsewhere({ contact: { chats } });
  const until = Date.parse(expiring.find(({ where }) => where === atMeta.where)?.until ?? '');
  expect(until).toBeGreaterThanOrEqual(NOW + 31 * DAY_MS);
  expect(until).toBeLessThan(NOW + 31 * DAY_MS + HOUR_MS);
  // Their guard is put up on the day on which they are said, and its key goes eight days after the end of that day.
  const guarded = Date.parse(expiring.find(({ where }) => where === guard.where)?.until ?? '');
  expect(guarded).toBeGreaterThanOrEqual((Math.floor(NOW / DAY_MS) + 2) * DAY_MS + 8 * DAY_MS);
});

test('P-D5: what Instagram and the mail server keep is named without a day, because nobody told us one', async () => {
  const lastMetaUse = { channel: 'instagram' as const, lastMs: NOW };
  expect(await elsewhere({ lastMetaUse })).toEqual({
    expiring: [guard],
    kept: [{ where: 'Instagram' }],
  });
  expect((await elsewhere({ contact: { replyTo: 'person@example.org' } })).kept).toEqual([
    { where: 'mail server' },
  ]);
  expect((await elsewhere()).kept).toEqual([]);
});

test('an older proof, which tells less, is certified as if the latest that it allows had been the case', async () => {
  const { expiring } = await elsewhere(UNTOLD);
  const untilOf = (where: string) =>
    Date.parse(expiring.find((one) => one.where === where)?.until ?? '');
  expect(untilOf(atMeta.where)).toBe(Date.parse(DESTROYED) + 30 * DAY_MS);
  // The key of the guard is one of a whole day, in UTC, and goes eight days after the end of that day.
  const endOfDay = (Math.floor(Date.parse(DESTROYED) / DAY_MS) + 1) * DAY_MS;
  expect(untilOf(guard.where)).toBeGreaterThanOrEqual(endOfDay + 8 * DAY_MS);
  expect(untilOf(guard.where)).toBeLessThan(endOfDay + 8 * DAY_MS + HOUR_MS);
});
