import { randomUUID } from 'node:crypto';
import { request as send } from 'node:http';
import { sql } from 'kysely';
import { REQUEST_LIMITS } from '../../api/privacy/request-limits.ts';
import { createInstallation } from '../support/installation.ts';
import { privacyDesk } from '../support/privacy-desk.ts';

const mayfly = await createInstallation({ TRUSTED_PROXIES: '127.0.0.9' });
const { postJson } = privacyDesk(mayfly);
const ASK = JSON.stringify({ right: 'erasure', whatsapp: '+15550105001' });

/** Asks from another address of this machine, which is another client. */
function askFrom(
  localAddress: string,
  { body = ASK, forwarded }: { body?: string; forwarded?: string } = {},
): Promise<{ status: number; retryAfter: string | undefined; body: string }> {
  const { port } = new URL(mayfly.url('/'));
  return new Promise((resolve, reject) => {
    const asked = send(
      {
        host: '127.0.0.1',
        port,
        path: '/privacy/requests',
        method: 'POST',
        localAddress,
        headers: {
          'content-type': 'application/json',
          ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => (text += part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'],
            body: text,
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

/** The client asks once, and is counted as if it had taken all that it may have, in a minute that does not end meanwhile. */
async function exhaust(ask: () => Promise<{ status: number }>): Promise<void> {
  const hashes = async () =>
    (await mayfly.db.selectFrom('mayfly.limits').select('hash').execute()).map(({ hash }) => hash);
  const before = (await hashes()).map((hash) => hash.toString('hex'));
  expect((await ask()).status).toBe(202);
  const own = (await hashes()).filter((hash) => !before.includes(hash.toString('hex')));
  await mayfly.db
    .updateTable('mayfly.limits')
    .set({
      taken: REQUEST_LIMITS.ofOneClient.most,
      ends_at: sql<Date>`ends_at + interval '1 hour'`,
    })
    .where('hash', 'in', own)
    .execute();
}

test('P-D1 posts that are not understood, however many, close the door for nobody', async () => {
  const bad = JSON.stringify({ right: 'erasure', whatsapp: '0151 12345678' });
  for (let round = 0; round < 40; round += 1) {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => askFrom('127.0.0.1', { body: bad })),
    );
    for (const { status } of answers) expect(status).toBe(422);
  }
  expect((await postJson('/privacy/requests', JSON.parse(ASK))).status).toBe(202);
  expect((await askFrom('127.0.0.2')).status).toBe(202);
});

test('P-D1 a client that asks too often is told when to come again, and others are taken in meanwhile', async () => {
  await exhaust(() => askFrom('127.0.0.3'));
  const over = await askFrom('127.0.0.3');
  expect(over.status).toBe(429);
  expect(Number(over.retryAfter)).toBeGreaterThan(0);
  expect(over.body).toContain('your network');
  expect((await askFrom('127.0.0.4')).status).toBe(202);
  // Another api process counts the same.
  await mayfly.stopApi();
  await mayfly.startApi();
  expect((await askFrom('127.0.0.3')).status).toBe(429);
});

test('P-S3 a header that says who somebody is is believed of a trusted proxy, and of nobody else', async () => {
  await exhaust(() => askFrom('127.0.0.9', { forwarded: '198.51.100.1' }));
  expect((await askFrom('127.0.0.9', { forwarded: '198.51.100.1' })).status).toBe(429);
  expect((await askFrom('127.0.0.9', { forwarded: '198.51.100.2' })).status).toBe(202);
  await exhaust(() => askFrom('127.0.0.5', { forwarded: '198.51.100.3' }));
  expect((await askFrom('127.0.0.5', { forwarded: '198.51.100.4' })).status).toBe(429);
});

test('P-D3 the address of a client stands neither in the database nor in the log', async () => {
  await askFrom('127.0.0.9', { forwarded: '198.51.100.77' });
  const rows = await mayfly.db.selectFrom('mayfly.limits').selectAll().execute();
  expect(rows.length).toBeGreaterThan(0);
  expect(JSON.stringify(rows)).not.toContain('198.51.100');
  expect(mayfly.logLines.join('')).not.toContain('198.51.100');
});

test('P-D3 the schedule forgets who asked once the window is over', async () => {
  await askFrom('127.0.0.6');
  await mayfly.db
    .updateTable('mayfly.limits')
    .set({ ends_at: new Date(Date.now() - 1000) })
    .execute();
  await mayfly.privacyClient.workflow.execute('reconcileRequests', {
    taskQueue: 'privacy',
    workflowId: `reconcile-${randomUUID()}`,
    args: [],
  });
  expect(await mayfly.db.selectFrom('mayfly.limits').selectAll().execute()).toEqual([]);
});
