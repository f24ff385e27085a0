import { createApp } from '../../../api/app.ts';
import { codecRoutes } from '../../../api/codec/codec-routes.ts';
import { closedStaffDoor } from '../../../api/staff/staff-door.ts';
import { listen } from '../../../lib/http-server.ts';
import { createLog } from '../../../lib/log.ts';
import { createPayloadCodec } from '../../../lib/temporal/payload-codec.ts';
import { isFromThisMachine } from '../../../local/identity/from-this-machine.ts';
import { createStorage } from '../../support/storage.ts';

const { db, ring } = await createStorage();
const log = createLog('test', { write: () => undefined });
const routes = codecRoutes({
  db,
  codec: createPayloadCodec(ring.secret('payload codec')),
  door: closedStaffDoor,
  uiUrl: 'http://127.0.0.1:8233',
  isStaffMachine: isFromThisMachine,
});
const server = await listen(createApp({ routers: [routes], log }), { host: '127.0.0.1', port: 0 });
afterAll(() => server.close());

const ask = (headers: Record<string, string>) =>
  fetch(`http://127.0.0.1:${server.port}/codec/decode`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ payloads: [] }),
  });

test('under npm start the UI of this machine needs no token, by whatever name the machine is called, and its reading is in the ledger', async () => {
  for (const origin of ['http://127.0.0.1:8233', 'http://localhost:8233'])
    expect((await ask({ origin })).status).toBe(200);
  const entries = await db.selectFrom('mayfly.ledger').select(['actor_role', 'action']).execute();
  expect(entries).toEqual([{ actor_role: 'staff', action: 'data read' }]);
});

test('a page of anywhere else, another port, and whoever comes through a proxy get nothing', async () => {
  for (const headers of [
    { origin: 'http://localhost:9000' },
    { origin: 'https://example.com' },
    { 'x-forwarded-for': '203.0.113.7' },
  ])
    expect((await ask(headers as Record<string, string>)).status).toBe(403);
});
