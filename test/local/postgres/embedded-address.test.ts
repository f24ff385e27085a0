import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runningEmbeddedAddress } from '../../../local/postgres/embedded-address.ts';
import { startEmbeddedPostgres } from '../../../local/postgres/embedded-server.ts';
import { migrateDatabase } from '../../../store/migrate.ts';
import { ensureSigningKeys } from '../../../lib/crypto/signing-keys.ts';
import { runProgram } from '../../verify/run-program.ts';

const home = mkdtempSync(path.join(tmpdir(), 'embedded-address-'));
const dataDir = path.join(home, 'postgres');
afterAll(() => rm(home, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

test('the server that runs in a data folder is found by who checks it, and only while it runs', async () => {
  expect(runningEmbeddedAddress(dataDir, 'mayfly')).toBeNull();
  const server = await startEmbeddedPostgres({
    dataDir,
    port: await freePort(),
    report: () => undefined,
    durable: false,
  });
  try {
    await server.ensureDatabase('mayfly');
    const address = runningEmbeddedAddress(dataDir, 'mayfly');
    expect(address).toBe(server.connectionString('mayfly'));
    await migrateDatabase(address!);
    await ensureSigningKeys(path.join(home, 'keys', 'signing-keys.json'), new Date());
    expect(await runProgram('ledger-verify.ts', [], { DATA_DIR: home })).toEqual({
      code: 0,
      output: 'The ledger holds. It is empty.',
    });
  } finally {
    await server.stop();
  }
  expect(runningEmbeddedAddress(dataDir, 'mayfly')).toBeNull();
});
