import type { SendOutcome } from '../../../domain/outbox.ts';
import { createGraphClient } from '../../../lib/meta/graph-client.ts';
import type { GraphClient } from '../../../lib/meta/graph-client.ts';
import { classifyGraphError, problemOfFailedStatus } from '../../../lib/meta/graph-errors.ts';
import { startFakeMeta } from '../../fakes/meta/fake-meta.ts';
import type { FakeMeta } from '../../fakes/meta/fake-meta.ts';
import { graphError } from '../../fakes/meta/graph-bodies.ts';
import { REQUESTS } from './graph-setup.ts';

type Expected = SendOutcome extends infer Each
  ? Each extends { reason: unknown }
    ? Omit<Each, 'code'>
    : never
  : never;

const MINUTE = 60_000;
const AMBIGUOUS: Expected = { kind: 'ambiguous', reason: 'server error' };
const TOKEN_REFUSED: Expected = { kind: 'not sent', reason: 'token refused', retryAfterMs: null };
const RESTRICTED: Expected = { kind: 'not sent', reason: 'account restricted', retryAfterMs: null };
const WINDOW_CLOSED: Expected = { kind: 'rejected', reason: 'window closed' };
const UNREACHABLE: Expected = { kind: 'rejected', reason: 'person unreachable' };
const INVALID: Expected = { kind: 'rejected', reason: 'invalid request' };
const throttled = (retryAfterMs: number): Expected => ({
  kind: 'not sent',
  reason: 'throttled',
  retryAfterMs,
});

type Row = [code: number, subcode: number | undefined, expected: Expected];

/** Every code of Meta's page for Instagram (Messenger Platform, Error codes) that a text or a reading can meet. */
const INSTAGRAM: Row[] = [
  [1, undefined, AMBIGUOUS],
  [1, 1357046, { kind: 'ambiguous', reason: 'possibly sent' }],
  [2, undefined, AMBIGUOUS],
  [2, 2018344, AMBIGUOUS],
  [4, undefined, throttled(MINUTE)],
  [17, undefined, throttled(MINUTE)],
  [613, undefined, throttled(10_000)],
  [613, 2534040, throttled(10_000)],
  [10, undefined, TOKEN_REFUSED],
  [10, 2534022, WINDOW_CLOSED],
  [10, 2018278, WINDOW_CLOSED],
  [10, 2018108, RESTRICTED],
  [10, 1893063, RESTRICTED],
  [100, undefined, INVALID],
  [100, 2534014, UNREACHABLE],
  [100, 2534029, RESTRICTED],
  [100, 2018047, INVALID],
  [100, 2018008, INVALID],
  [100, 2018109, INVALID],
  [100, 2018294, INVALID],
  [100, 2018074, INVALID],
  [190, undefined, TOKEN_REFUSED],
  [190, 463, TOKEN_REFUSED],
  [200, undefined, TOKEN_REFUSED],
  [200, 2534041, RESTRICTED],
  [200, 1545041, UNREACHABLE],
  [551, undefined, UNREACHABLE],
  [551, 1545041, UNREACHABLE],
  [100, 2534001, UNREACHABLE],
  [2534001, undefined, UNREACHABLE],
  [100, 2534025, INVALID],
  [2534025, undefined, INVALID],
  [100, 2534013, { kind: 'rejected', reason: 'unknown error' }],
  [2534013, undefined, { kind: 'rejected', reason: 'unknown error' }],
];

/** Every code of WhatsApp's page (Business Platform, Error codes). */
const WHATSAPP: Row[] = [
  ...[0, 3, 10, 190, 200, 250, 299].map((code): Row => [code, undefined, TOKEN_REFUSED]),
  [190, 463, TOKEN_REFUSED],
  ...[4, 80007, 131064, 133016].map((code): Row => [code, undefined, throttled(MINUTE)]),
  [130429, undefined, throttled(2000)],
  [131056, undefined, throttled(6000)],
  [131048, undefined, { kind: 'not sent', reason: 'quality limit', retryAfterMs: MINUTE }],
  ...[368, 131031, 130497].map((code): Row => [code, undefined, RESTRICTED]),
  [131047, undefined, WINDOW_CLOSED],
  ...[131026, 131030, 131021].map((code): Row => [code, undefined, UNREACHABLE]),
  ...[131045, 133010].map((code): Row => [code, undefined, RESTRICTED]),
  [131050, undefined, { kind: 'rejected', reason: 'person opted out' }],
  [131049, undefined, UNREACHABLE],
  ...[131000, 131016, 131057, 1, 2].map((code): Row => [code, undefined, AMBIGUOUS]),
  [100, 33, INVALID],
  ...[100, 131008, 131009, 131051, 131052, 131053, 131060, 131062, 131063].map((code): Row => [
    code,
    undefined,
    INVALID,
  ]),
  [131042, undefined, { kind: 'not sent', reason: 'billing', retryAfterMs: null }],
  ...[132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068, 132069, 135000].map(
    (code): Row => [code, undefined, INVALID],
  ),
  [130472, undefined, UNREACHABLE],
  [137000, undefined, { kind: 'rejected', reason: 'identity changed' }],
];

describe.each([
  ['instagram', INSTAGRAM],
  ['whatsapp', WHATSAPP],
] as const)('an answer of Meta on %s', (channel, rows) => {
  let meta: FakeMeta;
  let client: GraphClient;

  beforeAll(async () => {
    meta = await startFakeMeta();
    client = createGraphClient({
      graphUrls: { instagram: meta.url, whatsapp: meta.url },
      accessTokens: { instagram: 'token', whatsapp: 'token' },
      timeoutMs: 5000,
    });
  });
  afterAll(async () => {
    client.close();
    await meta.close();
  });

  // The same whatever the HTTP status: Meta documents the code and not the status.
  describe.each([400, 401, 429, 500, 503, 200])('with status %d', (status) => {
    test.each(rows)('with code %s and subcode %s', async (code, subcode, expected) => {
      const { body } = graphError({
        code,
        ...(subcode === undefined ? {} : { subcode }),
        message: 'about a person',
      });
      meta.plan({ status, body });
      const outcome = await client.sendText(REQUESTS[channel]);
      expect(outcome).toEqual({ ...expected, code });
      expect(JSON.stringify(outcome)).not.toContain('about a person');
    });
  });

  test('that is throttled waits as long as Retry-After says', async () => {
    const { body } = graphError({ code: 4 });
    meta.plan({ status: 400, body, headers: { 'retry-after': '90' } });
    expect(await client.sendText(REQUESTS[channel])).toEqual({ ...throttled(90_000), code: 4 });
  });

  test('that refuses the token is not sent again after a time', async () => {
    const { body } = graphError({ code: 190 });
    meta.plan({ status: 503, body, headers: { 'retry-after': '90' } });
    expect(await client.sendText(REQUESTS[channel])).toEqual({ ...TOKEN_REFUSED, code: 190 });
  });

  test('none of which sent anything', () => {
    expect(meta.sent).toEqual([]);
  });
});

describe('a code that Meta does not document', () => {
  const unknown = (status: number, extra: object = {}) =>
    classifyGraphError('whatsapp', status, { error: { code: 987654, ...extra } }, undefined);

  test('was turned down where the status says so', () => {
    expect(unknown(400)).toEqual({ kind: 'rejected', reason: 'unknown error', code: 987654 });
    expect(unknown(404)).toEqual({ kind: 'rejected', reason: 'unknown error', code: 987654 });
  });

  test('is throttling where the status says so', () => {
    expect(unknown(429)).toEqual({ ...throttled(MINUTE), code: 987654 });
    expect(classifyGraphError('instagram', 429, undefined, '7')).toEqual({
      ...throttled(7000),
      code: null,
    });
  });

  test('is ambiguous where the server failed, or Meta says it may pass', () => {
    expect(unknown(500)).toEqual({ ...AMBIGUOUS, code: 987654 });
    expect(unknown(400, { is_transient: true })).toEqual({ ...AMBIGUOUS, code: 987654 });
  });

  test('is ambiguous beside a success', () => {
    expect(unknown(200)).toEqual({
      kind: 'ambiguous',
      reason: 'answer not understood',
      code: 987654,
    });
  });

  test('is not looked up among the codes of the other channel', () => {
    const body = { error: { code: 131047 } };
    expect(classifyGraphError('instagram', 400, body, undefined)).toMatchObject({
      reason: 'unknown error',
    });
  });
});

test('hints of Meta that cannot be read do not hide the code', () => {
  const body = {
    error: { code: 131047, error_subcode: 'many', is_transient: 'perhaps', message: 7 },
  };
  expect(classifyGraphError('whatsapp', 400, body, undefined)).toEqual({
    ...WINDOW_CLOSED,
    code: 131047,
  });
});

test.each([
  null,
  [],
  'error',
  { error: null },
  { error: { code: '190' } },
  { error: { code: 1.5 } },
  {},
])('a refusal without a code is ambiguous (%j)', (body) => {
  const outcome = { kind: 'ambiguous', reason: 'answer not understood', code: null };
  expect(classifyGraphError('instagram', 400, body, undefined)).toEqual(outcome);
});

describe('a failed status of WhatsApp', () => {
  test.each(WHATSAPP.filter(([, subcode]) => subcode === undefined))(
    'with code %s has the same reason as the answer would',
    (code, _, { reason }) => {
      expect(problemOfFailedStatus(code)).toBe(reason);
    },
  );

  test('without a code, or with one we do not know, has an unknown reason', () => {
    expect(problemOfFailedStatus(null)).toBe('unknown error');
    expect(problemOfFailedStatus(987654)).toBe('unknown error');
  });
});
