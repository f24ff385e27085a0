import type { SendOutcome } from '../../../domain/outbox.ts';
import { createGraphClient } from '../../../lib/meta/graph-client.ts';
import type { GraphClient } from '../../../lib/meta/graph-client.ts';
import { GRAPH_ERROR_ROWS } from '../../../lib/meta/graph-error-table.ts';
import { classifyGraphError, reportedFailure } from '../../../lib/meta/graph-errors.ts';
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
const NOT_FOUND: Expected = { kind: 'not sent', reason: 'account not found', retryAfterMs: null };
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

const codes = (expected: Expected, ...all: readonly (number | [number, number])[]): Row[] =>
  all.map((one) => (typeof one === 'number' ? [one, undefined, expected] : [...one, expected]));

/** What both channels share: Graph API, "Handling errors" and "Rate limits". */
const BOTH: Row[] = [
  ...codes(AMBIGUOUS, 1, 2, -1, -2),
  ...codes(throttled(MINUTE), 4, 17, 32, 341, 80001, 80002, 80006, 80007, 80008),
  ...codes(throttled(10_000), 613),
  ...codes(TOKEN_REFUSED, 0, 3, 10, 102, 190, 200, 250, 299, [190, 463], [10, 7], [200, 7]),
  ...codes(RESTRICTED, 368),
  ...codes(INVALID, 100),
  ...codes(NOT_FOUND, [100, 33], 2500),
  ...codes(UNREACHABLE, 551, [551, 1545041], [200, 1545041], [10, 2018108], [100, 2018001]),
  ...codes(UNREACHABLE, [10, 2018028], [200, 2018028], [200, 2018027]),
  ...codes(WINDOW_CLOSED, [10, 2018065], [10, 2018278], [200, 2018065]),
];

/** Every code of Meta's page for Instagram (Messenger Platform, Error codes) that a text or a reading can meet. */
const INSTAGRAM: Row[] = [
  ...BOTH,
  ...codes({ kind: 'ambiguous', reason: 'possibly sent' }, [1, 1357046]),
  ...codes(AMBIGUOUS, [2, 2018344]),
  ...codes(throttled(10_000), [613, 2534040]),
  ...codes(WINDOW_CLOSED, [10, 2534022]),
  ...codes(RESTRICTED, [10, 1893063], [100, 2534029], [200, 2534041]),
  ...codes(UNREACHABLE, 230, [100, 2534014], [100, 2534001], 2534001),
  ...codes(INVALID, [100, 2018047], [100, 2018008], [100, 2018109], [100, 2018294]),
  ...codes(INVALID, [100, 2018074], [100, 2534025], 2534025),
  ...codes({ kind: 'rejected', reason: 'unknown error' }, [100, 2534013], 2534013),
];

/** Every code of WhatsApp's page (Business Platform, Error codes). */
const WHATSAPP: Row[] = [
  ...BOTH,
  ...codes(TOKEN_REFUSED, 230, 131005),
  ...codes(throttled(MINUTE), 131064, 133016),
  ...codes(throttled(2_000), 130429),
  ...codes(throttled(6_000), 131056),
  ...codes({ kind: 'not sent', reason: 'quality limit', retryAfterMs: MINUTE }, 131048),
  ...codes(RESTRICTED, 131031, 131037, 131045, 133010),
  ...codes({ kind: 'not sent', reason: 'billing', retryAfterMs: null }, 131042),
  ...codes(WINDOW_CLOSED, 131047),
  ...codes(UNREACHABLE, 130497, 131021, 131026, 131030, 131049, 130472),
  ...codes({ kind: 'rejected', reason: 'person opted out' }, 131050),
  ...codes({ kind: 'rejected', reason: 'identity changed' }, 137000),
  ...codes(AMBIGUOUS, 131000, 131016, 131057),
  ...codes(INVALID, 131008, 131009, 131051, 131052, 131053, 131060, 131062, 131063, 135000),
  ...codes(INVALID, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016),
  ...codes(INVALID, 132068, 132069),
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
  describe.each([400, 401, 403, 429, 500, 503, 200])('with status %d', (status) => {
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
    'with code %s says the same as the answer would, and what did not go out may go later',
    (code, _, { kind, reason }) => {
      expect(reportedFailure(code)).toMatchObject({ problem: reason, passes: kind === 'not sent' });
    },
  );

  test('without a code, or with one we do not know, has an unknown reason', () => {
    const unknown = { problem: 'unknown error', passes: false, waitMs: 0 };
    expect(reportedFailure(null)).toEqual(unknown);
    expect(reportedFailure(987654)).toEqual(unknown);
  });
});

test.each([
  ['instagram', INSTAGRAM],
  ['whatsapp', WHATSAPP],
] as const)(
  'each row of the table for %s is tried here, and each has a source',
  (channel, tried) => {
    const known = new Set(
      tried.flatMap(([code, sub]) => [`${code}/${sub}`, `*/${sub}`, `${code}`]),
    );
    const untried = GRAPH_ERROR_ROWS[channel].filter(
      ({ code, source }) => source === undefined || !known.has(String(code)),
    );
    // Of the hundred codes of permissions three are tried.
    const isPermission = (code: unknown) => typeof code === 'number' && code >= 200 && code < 300;
    expect(untried.filter(({ code }) => !isPermission(code))).toEqual([]);
  },
);
