import { randomUUID } from 'node:crypto';
import { API_SETTINGS } from '../../api/api-settings.ts';
import { startApi } from '../../api/server.ts';
import { readSettings } from '../../lib/config.ts';
import { createLog } from '../../lib/log.ts';
import { createLink } from '../faults/link.ts';
import { postWebhook } from '../fakes/meta/webhooks.ts';
import { startFrozenServer } from '../support/frozen-server.ts';
import { ACCOUNTS, createInstallation } from '../support/installation.ts';
import { privacyDesk } from '../support/privacy-desk.ts';
import { deletionRequest } from '../support/signed-request.ts';
import { staffDesk, staffIssuer } from '../support/staff-desk.ts';

const identity = await staffIssuer();
const mayfly = await createInstallation({ ...identity.settings, LLM_RETENTION_DAYS: '0' });
const temporal = await startFrozenServer();
afterAll(() => temporal.close());

const logLines: string[] = [];
const settings = readSettings(
  { ...mayfly.settings, TEMPORAL_ADDRESS: temporal.address },
  API_SETTINGS,
);
/** A second api before the same database, whose Temporal takes connections and never answers. */
const frozen = await startApi(
  settings,
  createLog('test', { write: (line: string) => void logLines.push(line) }),
);
afterAll(() => frozen.close());
const url = (path: string) => `http://127.0.0.1:${frozen.port}${path}`;
const desk = privacyDesk({ url });
const { as } = staffDesk({ url }, identity);
const [first, second] = [as('first', 'privacy'), as('second', 'privacy')];
const { untilState, untilEnded } = privacyDesk(mayfly);

const reconcile = () =>
  mayfly.privacyClient.workflow.execute('reconcileRequests', {
    taskQueue: 'privacy',
    workflowId: `reconcile-${randomUUID()}`,
    args: [],
  });
const waiting = () => logLines.filter((line) => line.includes('request waits')).length;

/** What is done meanwhile is answered, says in the log that it waits, and had asked Temporal. */
async function answeredAllTheSame<Answer>(act: () => Promise<Answer>): Promise<Answer> {
  const before = waiting();
  const answer = await act();
  expect(waiting()).toBe(before + 1);
  expect(temporal.reached()).toBeGreaterThan(0);
  return answer;
}

test('P-D6 a person who asks while Temporal is frozen has their code, and the schedule starts the request', async () => {
  const { code } = await answeredAllTheSame(() => desk.ask({ whatsapp: '+15550106001' }));
  expect((await desk.status(code)).state).toBe('received');
  await reconcile();
  await untilState(code, 'confirm it is you');
});

test('P-D6 a Temporal that freezes while it is connected keeps nobody waiting either', async () => {
  const link = await createLink(Number(mayfly.settings.TEMPORAL_ADDRESS.split(':')[1]));
  const api = await startApi(
    { ...settings, TEMPORAL_ADDRESS: `127.0.0.1:${link.port}` },
    createLog('test', { write: (line: string) => void logLines.push(line) }),
  );
  const { ask } = privacyDesk({ url: (path) => `http://127.0.0.1:${api.port}${path}` });
  const before = await ask({ whatsapp: '+15550106011' });
  await untilState(before.code, 'confirm it is you');
  link.hold();
  const { code } = await answeredAllTheSame(() => ask({ whatsapp: '+15550106012' }));
  link.mend();
  await reconcile();
  expect((await untilState(code, 'confirm it is you')).outcome).toBeNull();
  await api.close();
  await link.close();
});

test("P-D6 Meta's callback while Temporal is frozen is answered with a code, and the schedule starts the request", async () => {
  const signed = deletionRequest('17842000000060001', new Date(), 'meta-app-secret');
  const response = await answeredAllTheSame(() =>
    desk.postForm('/meta/data-deletion', { signed_request: signed }),
  );
  expect(response.status).toBe(200);
  const { confirmation_code: code } = (await response.json()) as { confirmation_code: string };
  await reconcile();
  await untilEnded(code, 'nothing found');
});

test('P-D7 a request that is taken back while Temporal is frozen is taken back', async () => {
  const { code } = await privacyDesk(mayfly).ask({ whatsapp: '+15550106002' });
  await untilState(code, 'confirm it is you');
  const response = await answeredAllTheSame(() => desk.withdraw(code));
  expect([response.status, await response.json()]).toEqual([200, { state: 'withdrawn' }]);
  await reconcile();
  await untilEnded(code, 'withdrawn');
});

test('P-D6 staff open, verify and refuse while Temporal is frozen, and each is carried out afterwards', async () => {
  const open = async (whatsapp: string) => {
    const { status, body } = await answeredAllTheSame(() => first.post('requests', { whatsapp }));
    expect(status).toBe(202);
    return body as { id: string; code: string };
  };
  const [verified, refused] = [await open('+15550106003'), await open('+15550106004')];
  const decide = async (path: string, body: object) => {
    expect((await first.post(path, body)).status).toBe(202);
    expect((await answeredAllTheSame(() => second.post(path, body))).status).toBe(200);
  };
  await decide(`requests/${verified.id}/verify`, {
    reason: 'came in person',
    absent: ['whatsapp'],
  });
  await decide(`requests/${refused.id}/refuse`, { reason: 'it is about somebody else' });
  await reconcile();
  await untilEnded(verified.code, 'nothing found');
  await untilEnded(refused.code, 'refused');
});

test('a webhook that comes while Temporal is frozen is acknowledged, and the api still ends when it is told to', async () => {
  const another = await startApi(
    settings,
    createLog('test', { write: (line: string) => void logLines.push(line) }),
  );
  const webhook = mayfly.webhooks.whatsAppTextWebhook({
    from: '15550106005',
    phoneNumberId: ACCOUNTS.whatsapp,
    text: 'hello',
  });
  const address = `http://127.0.0.1:${another.port}/webhooks/whatsapp`;
  expect((await postWebhook(address, webhook)).status).toBe(200);
  await another.close();
  expect(logLines.some((line) => line.includes('the sweep will'))).toBe(true);
  const waits = await mayfly.db
    .selectFrom('mayfly.subjects')
    .select('wake_since')
    .where('channel', '=', 'whatsapp')
    .where('wake_since', 'is not', null)
    .execute();
  expect(waits).toHaveLength(1);
});
