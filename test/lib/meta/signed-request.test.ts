import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSignedRequest } from '../../../lib/meta/signed-request.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'payloads', 'signed_request');

interface Vector {
  name: string;
  secret: string;
  signed_request: string;
  expected: string;
}

const vectors = readdirSync(FOLDER).map(
  (name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as Vector,
);

const sign = (payload: string, secret = 'secret') => {
  const body = Buffer.from(payload).toString('base64url');
  return `${createHmac('sha256', secret).update(body).digest('base64url')}.${body}`;
};

test.each(vectors.map((vector) => [vector.name, vector] as const))(
  'the vector %s is judged as documented',
  (_name, vector) => {
    const read = readSignedRequest(vector.signed_request, ['another', vector.secret]);
    expect(read !== null).toBe(vector.expected.startsWith('accept'));
    expect(readSignedRequest(vector.signed_request, ['another'])).toBeNull();
  },
);

test('an id that is a number beyond 2^53 keeps every digit', () => {
  const text = sign(
    '{"algorithm":"HMAC-SHA256","user_id":17841400000000000123,"issued_at":1790000000}',
  );
  expect(readSignedRequest(text, ['secret'])).toEqual({
    userId: '17841400000000000123',
    issuedAt: new Date(1_790_000_000_000),
  });
});

test('the payload is checked as it was received, in either alphabet and with padding', () => {
  const body = Buffer.from('{"algorithm":"hmac-sha256","user_id":"1","note":"???>>>"}').toString(
    'base64',
  );
  expect(body).toMatch(/[+/]/);
  const signature = createHmac('sha256', 'secret').update(body).digest('base64');
  expect(readSignedRequest(`${signature}.${body}`, ['secret'])?.userId).toBe('1');
});

test.each([
  ['three segments', `${sign('{"algorithm":"HMAC-SHA256"}')}.x`],
  ['no dot', 'abc'],
  ['an empty signature', `.${sign('{}').split('.')[1]}`],
  ['an empty payload', `${sign('{}').split('.')[0]}.`],
  ['another algorithm', sign('{"algorithm":"none","user_id":"1"}')],
  ['no algorithm', sign('{"user_id":"1"}')],
  ['a payload that is no object', sign('5')],
  ['white space', ` ${sign('{"algorithm":"HMAC-SHA256"}')}`],
  ['a long text', 'a.'.repeat(20_000)],
])('%s is not genuine', (_case, text) => {
  expect(readSignedRequest(text, ['secret'])).toBeNull();
});

test('no secret, or an empty one, signs nothing', () => {
  const text = sign('{"algorithm":"HMAC-SHA256","user_id":"1"}', '');
  expect(readSignedRequest(text, [])).toBeNull();
  expect(readSignedRequest(text, [''])).toBeNull();
});
