import { openStaff } from '../../../api/staff/open-staff.ts';
import { createApp } from '../../../api/app.ts';
import { listen } from '../../../lib/http-server.ts';
import type { RunningServer } from '../../../lib/http-server.ts';
import { createLog } from '../../../lib/log.ts';
import { startFakeIssuer } from '../../fakes/oidc/fake-issuer.ts';

const lines: string[] = [];
const log = createLog('test', { write: (line: string) => void lines.push(line) });

const servers: RunningServer[] = [];
afterAll(() => Promise.all(servers.map((server) => server.close())));

async function open(issuer: string | undefined) {
  const settings = {
    OIDC_ISSUER: issuer,
    OIDC_CLIENT_ID: 'mayfly',
    PUBLIC_URL: 'http://127.0.0.1:3000',
    TEMPORAL_UI_URL: undefined,
    TEMPORAL_PRIVACY_NAMESPACE: 'privacy',
  };
  // Nobody gets as far as a database.
  const ring = { secret: () => Buffer.alloc(32) };
  const routers = openStaff(settings, { ring, mail: 'none', machine: null, log } as never);
  const server = await listen(createApp({ routers, log }), { host: '127.0.0.1', port: 0 });
  servers.push(server);
  return `http://127.0.0.1:${server.port}/staff/api/requests`;
}

test('without an identity provider the door is shut for everybody, and the log says so at the start', async () => {
  const url = await open(undefined);
  expect(lines.join('')).toContain('OIDC_ISSUER is not set');
  for (const headers of [{}, { authorization: 'Bearer a.b.c' }]) {
    const response = await fetch(url, { headers });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ title: 'Sign-in not set up' });
  }
});

test('while the identity provider is away nobody gets in, and it works again when it is back', async () => {
  const issuer = await startFakeIssuer();
  const url = await open(issuer.url);
  const token = await issuer.token({ roles: ['operator'] });
  const get = () => fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const { jwks_uri: keys } = issuer.configuration;
  delete issuer.configuration['jwks_uri'];
  const away = await get();
  expect(away.status).toBe(503);
  expect(await away.json()).toMatchObject({ title: 'Sign-in unavailable' });
  expect(lines.join('')).toContain('issuer away');
  issuer.configuration['jwks_uri'] = keys;
  expect((await get()).status).toBe(403);
  await issuer.close();
});
