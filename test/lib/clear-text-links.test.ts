import { Writable } from 'node:stream';
import { clearTextLinks, tellClearTextLinks } from '../../lib/clear-text-links.ts';
import { readSettings } from '../../lib/config.ts';
import type { SettingName } from '../../lib/config.ts';
import { createLog } from '../../lib/log.ts';

type Environment = Record<string, string>;

const TEMPORAL = [
  'TEMPORAL_ADDRESS',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_SERVER_CA_FILE',
  'TEMPORAL_TLS_CERT_FILE',
] as const;

/** Reads a setting as a process does; a link to Temporal with what may protect it. */
function read(environment: Environment): unknown {
  const names = Object.keys(environment) as SettingName[];
  if (names.includes('TEMPORAL_ADDRESS')) names.push(...TEMPORAL);
  return readSettings(environment, names);
}

const CLEAR = [
  ['OPENAI_BASE_URL', 'http://models.example.com/v1', 'models.example.com'],
  ['OPENAI_BASE_URL', 'http://[2001:db8::7]:8000/v1', '2001:db8::7'],
  ['OPENAI_BASE_URL', 'http://localhost.example.com/v1', 'localhost.example.com'],
  ['WHATSAPP_GRAPH_URL', 'http://graph.example.com/v25.0', 'graph.example.com'],
  ['INSTAGRAM_GRAPH_URL', 'http://graph.example.com/v25.0', 'graph.example.com'],
  ['PUBLIC_URL', 'http://chat.example.com', 'chat.example.com'],
  ['TEMPORAL_UI_URL', 'http://temporal.example.com:8080', 'temporal.example.com'],
  ['TEMPORAL_ADDRESS', 'temporal.example.com:7233', 'temporal.example.com'],
  ['TEMPORAL_ADDRESS', 'temporal', 'temporal'],
  ['DATABASE_URL', 'postgresql://app:secret@db.example.com:5432/mayfly', 'db.example.com'],
  [
    'DATABASE_URL',
    'postgresql://app:secret@db.example.com/mayfly?sslmode=disable',
    'db.example.com',
  ],
  ['DATABASE_URL', 'postgresql:///mayfly?host=db.example.com', 'db.example.com'],
  ['DATABASE_URL', 'postgresql://app@db.example.com/mayfly?sslmode=no-verify', 'db.example.com'],
  [
    'DATABASE_URL',
    'postgresql://app@db.example.com/mayfly?sslmode=require&uselibpqcompat=true',
    'db.example.com',
  ],
] as const;

describe('P-S1 a link to another machine that others could read along', () => {
  test.each(CLEAR)('is refused and named, without its value: %s %s', (name, value, host) => {
    const start = () => read({ [name]: value });
    expect(start).toThrow(`${name} leads to another machine and is not encrypted`);
    expect(start).not.toThrow(host);
    expect(start).not.toThrow('secret');
  });

  test.each(CLEAR)(
    'is accepted when its host is on a private network: %s %s',
    (name, value, host) => {
      expect(() =>
        read({ [name]: value, PRIVATE_HOSTS: `other, ${host.toUpperCase()}` }),
      ).not.toThrow();
      expect(() => read({ [name]: value, PRIVATE_HOSTS: `other,x${host}` })).toThrow(name);
    },
  );

  test('is told once in the log, by the names of the settings alone', () => {
    const lines: string[] = [];
    const stream = new Writable({
      write: (chunk, _, done) => (lines.push(String(chunk)), done()),
    });
    tellClearTextLinks(
      {
        DATABASE_URL: 'postgresql://app:secret@db.example.com/mayfly',
        TEMPORAL_ADDRESS: 'temporal:7233',
        OPENAI_BASE_URL: 'https://models.example.com/v1',
      },
      createLog('test', stream),
    );
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warn',
      event: 'links in clear text',
      msg: expect.stringMatching(/: DATABASE_URL, TEMPORAL_ADDRESS$/),
    });
    expect(lines[0]).not.toMatch(/secret|example\.com/);
  });
});

test.each([
  ['OPENAI_BASE_URL', 'https://models.example.com/v1'],
  ['OPENAI_BASE_URL', 'http://localhost:11434/v1'],
  ['OPENAI_BASE_URL', 'http://[::1]:11434/v1'],
  ['PUBLIC_URL', 'http://127.0.0.1:3000'],
  ['TEMPORAL_ADDRESS', '127.0.0.1:7233'],
  ['TEMPORAL_ADDRESS', '[::1]:7233'],
  ['DATABASE_URL', 'postgresql://app:secret@db.example.com/mayfly?sslmode=verify-full'],
  ['DATABASE_URL', 'postgresql://app:secret@127.0.0.1:5432/mayfly'],
  ['DATABASE_URL', 'postgresql://app@localhost/mayfly?sslmode=disable'],
  ['DATABASE_URL', 'postgresql://app@[::1]/mayfly'],
  ['DATABASE_URL', 'postgresql:///mayfly'],
  ['DATABASE_URL', 'postgresql:///mayfly?host=/var/run/postgresql'],
])(
  'a link that is protected, or stays on this machine, needs no permission: %s %s',
  (name, value) => {
    expect(() => read({ [name]: value })).not.toThrow();
    expect(clearTextLinks({ [name]: value })).toEqual([]);
  },
);

test.each(['TEMPORAL_API_KEY', 'TEMPORAL_TLS_SERVER_CA_FILE'])(
  '%s turns TLS to Temporal on, so its address may be anywhere',
  (name) => {
    const environment = { TEMPORAL_ADDRESS: 'temporal.example.com:7233', [name]: '/etc/ca.pem' };
    expect(() => read(environment)).not.toThrow();
  },
);

test.each([
  ['PRIVATE_HOSTS', 'http://models.example.com'],
  ['PRIVATE_HOSTS', 'models.example.com:8000'],
  ['TEMPORAL_ADDRESS', 'http://127.0.0.1:7233'],
  ['OPENAI_BASE_URL', 'ftp://127.0.0.1/v1'],
  ['DATABASE_URL', 'postgresql://127.0.0.1/mayfly?sslmode=verify-full&sslrootcert=/nowhere/ca.pem'],
])('%s that cannot be meant is refused with what to give, and never shown: %s', (name, value) => {
  expect(() => read({ [name]: value })).toThrow(`${name} is not usable`);
  expect(() => read({ [name]: value })).not.toThrow(value);
});
