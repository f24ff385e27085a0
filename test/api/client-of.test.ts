import type { IncomingMessage } from 'node:http';
import { createClientOf } from '../../api/client-of.ts';

const client = (trusted: string[], remoteAddress: string, forwarded?: string) =>
  createClientOf(trusted)({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage);

test.each([
  ['nobody is trusted', [], '203.0.113.9', '198.51.100.1', '203.0.113.9'],
  ['the proxy is trusted', ['203.0.113.9'], '203.0.113.9', '198.51.100.1', '198.51.100.1'],
  ['its network is trusted', ['172.16.0.0/12'], '172.18.0.3', '198.51.100.1', '198.51.100.1'],
  ['it is written as IPv6', ['172.16.0.0/12'], '::ffff:172.18.0.3', '198.51.100.1', '198.51.100.1'],
  ['two proxies are trusted', ['10.0.0.0/8'], '10.0.0.1', '198.51.100.1, 10.0.0.2', '198.51.100.1'],
  [
    'the client wrote the header first',
    ['10.0.0.1'],
    '10.0.0.1',
    '1.2.3.4, 198.51.100.1',
    '198.51.100.1',
  ],
  [
    'the client wrote a trusted address first',
    ['10.0.0.0/8'],
    '10.0.0.1',
    '10.9.9.9, 198.51.100.1',
    '198.51.100.1',
  ],
  ['the proxy says nothing', ['10.0.0.1'], '10.0.0.1', undefined, '10.0.0.1'],
  ['the proxy says nonsense', ['10.0.0.1'], '10.0.0.1', 'unknown', '10.0.0.1'],
  ['the proxy adds a port', ['10.0.0.1'], '10.0.0.1', '198.51.100.1:5060', '198.51.100.1'],
  [
    'the proxy writes brackets',
    ['10.0.0.1'],
    '10.0.0.1',
    '[2001:db8:1:2:3::4]:5060',
    '2001:db8:1:2',
  ],
  ['another proxy is trusted', ['10.0.0.7'], '10.0.0.1', '198.51.100.1', '10.0.0.1'],
])(
  'P-S3 when %s, the client is the one whom somebody trusted saw',
  (_, trusted, peer, said, expected) => {
    expect(client(trusted, peer, said)).toBe(expected);
  },
);

test('a proxy that nobody named is told of once, and a trusted one never', () => {
  let told = 0;
  const of = createClientOf(['10.0.0.1'], () => (told += 1));
  const from = (remoteAddress: string, headers: object) =>
    of({ socket: { remoteAddress }, headers } as unknown as IncomingMessage);
  from('10.0.0.1', { 'x-forwarded-for': '198.51.100.1' });
  from('203.0.113.9', {});
  expect(told).toBe(0);
  from('203.0.113.9', { 'x-forwarded-for': '198.51.100.1' });
  from('203.0.113.9', { 'x-forwarded-for': '198.51.100.1' });
  expect(told).toBe(1);
});

test('all addresses of one network of IPv6 are one client, and others are others', () => {
  const of = (address: string) => client([], address);
  expect(of('2001:db8:1:2:aaaa::1')).toBe(of('2001:db8:1:2::2'));
  expect(of('2001:0db8:0001:0002::1')).toBe(of('2001:db8:1:2::2'));
  expect(of('2001:db8:1:3::1')).not.toBe(of('2001:db8:1:2::1'));
  expect(of('::1')).toBe('0:0:0:0');
  expect(of('fe80::1%eth0')).toBe('fe80:0:0:0');
});
