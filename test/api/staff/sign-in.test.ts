import { createInstallation } from '../../support/installation.ts';
import { staffDesk, staffIssuer } from '../../support/staff-desk.ts';

const identity = await staffIssuer();
const mayfly = await createInstallation(identity.settings);
const { as, call } = staffDesk(mayfly, identity);
const ID = '00000000-0000-4000-8000-000000000000';

/** Every route, with the roles that may use it. */
const ROUTES: [method: string, path: string, roles: string[]][] = [
  ['GET', 'requests', ['privacy', 'auditor']],
  ['GET', 'holds', ['privacy', 'auditor']],
  ['POST', 'requests', ['privacy']],
  ['GET', `requests/${ID}`, ['privacy', 'auditor']],
  ['GET', `requests/${ID}/contact`, ['privacy']],
  ['POST', `requests/${ID}/verify`, ['privacy']],
  ['POST', `requests/${ID}/refuse`, ['privacy']],
  ['POST', `requests/${ID}/extend`, ['privacy']],
  ['POST', `requests/${ID}/hold`, ['privacy']],
  ['DELETE', `requests/${ID}/hold`, ['privacy']],
  ['POST', `people/${ID}/hold`, ['privacy']],
  ['DELETE', `people/${ID}/hold`, ['privacy']],
];

test.each(ROUTES)('%s /staff/api/%s is for these roles alone: %j', async (method, path, roles) => {
  for (const authorization of [
    null,
    'Bearer',
    'Bearer x',
    'Basic eDp5',
    `Bearer ${await identity.issuer.forgedToken({ roles })}`,
  ]) {
    const { status, body, headers } = await call(authorization, method, path);
    expect([authorization?.slice(0, 8), status]).toEqual([authorization?.slice(0, 8), 401]);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body['title']).toBe('Not signed in');
  }
  for (const role of ['privacy', 'operator', 'auditor', 'gardener']) {
    const token = await identity.issuer.token({ roles: [role] });
    const { status, headers } = await call(`Bearer ${token}`, method, path);
    expect([role, status === 403]).toEqual([role, !roles.includes(role)]);
    expect(headers.get('cache-control')).toBe('no-store');
  }
});

test('the tests know every route that there is', async () => {
  const { staffRoutes } = await import('../../../api/staff/staff-routes.ts');
  const router = staffRoutes({ door: () => () => undefined } as never);
  const known = router.stack.flatMap(({ route }) =>
    Object.keys((route as unknown as { methods: Record<string, boolean> }).methods).map(
      (method) => `${method.toUpperCase()} ${route?.path}`,
    ),
  );
  const tested = ROUTES.map(([method, path]) => `${method} /staff/api/${path.replace(ID, ':id')}`);
  expect(tested.toSorted()).toEqual(known.toSorted());
});

test('a body that cannot be read is refused for staff, and not even read for others', async () => {
  const token = await identity.issuer.token({ roles: ['privacy'] });
  const post = (authorization: string, body: string) =>
    fetch(mayfly.url('/staff/api/requests'), {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body,
    });
  for (const [body, status] of [
    ['{"whatsapp": ', 400],
    [JSON.stringify({ letter: 'x'.repeat(70_000) }), 413],
    ['[]', 422],
    ['', 422],
  ] as const) {
    expect((await post(`Bearer ${token}`, body)).status).toBe(status);
    expect((await post('Bearer x', body)).status).toBe(401);
  }
});

test('an id that is none, or of nothing, is answered alike', async () => {
  const privacy = as('first', 'privacy');
  const answers = await Promise.all(
    [ID, 'x', '%00', "1' OR '1'='1", 'a'.repeat(400)].map(async (id) => {
      const { status, body } = await privacy.get(`requests/${encodeURIComponent(id)}`);
      return { status, body };
    }),
  );
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]?.status).toBe(404);
});

test('nothing that names a member of staff is in the log, nor in the database', async () => {
  const name = 'a-name-that-nobody-else-has';
  const { body } = await as(name, 'privacy').post('requests', { whatsapp: '+15550109999' });
  expect(body['code']).toBeDefined();
  const entry = await mayfly.db
    .selectFrom('mayfly.ledger')
    .selectAll()
    .where('request_id', '=', String(body['id']))
    .executeTakeFirstOrThrow();
  expect(entry).toMatchObject({ actor_role: 'staff', action: 'request received' });
  expect(entry.actor).toMatch(/^[0-9a-f]{32}$/);
  expect(JSON.stringify(entry) + mayfly.logLines.join('')).not.toContain(name);
});

test('one member of staff has one pseudonym, and another one another', async () => {
  const actorOf = async (name: string) => {
    const { body } = await as(name, 'privacy').post('requests', { whatsapp: '+15550109998' });
    const { actor } = await mayfly.db
      .selectFrom('mayfly.ledger')
      .select('actor')
      .where('request_id', '=', String(body['id']))
      .executeTakeFirstOrThrow();
    return actor;
  };
  const first = await actorOf('first');
  expect(await actorOf('first')).toBe(first);
  expect(await actorOf('second')).not.toBe(first);
});
