import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createInstallation } from '../support/installation.ts';
import { alteredLink } from '../support/altered-link.ts';

const mayfly = await createInstallation();
const { settings, folder } = mayfly;

/** A port on which nothing listens any more. */
const shut = createServer().listen(0, '127.0.0.1');
await once(shut, 'listening');
const { port: shutPort } = shut.address() as AddressInfo;
shut.close();
await once(shut, 'close');

const taken = createServer().listen(0, '127.0.0.1');
await once(taken, 'listening');
const { port: takenPort } = taken.address() as AddressInfo;
afterAll(() => void taken.close());

const databaseAs = (change: (url: URL) => void) => {
  const url = new URL(settings.DATABASE_URL);
  change(url);
  return url.href;
};
const PASSWORD = 'mistyped-password';

async function end(program: string, environment: Record<string, string>, node: string[] = []) {
  const child = spawn(process.execPath, [...node, program], {
    env: { PATH: process.env['PATH'], ...settings, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

interface Trouble {
  what: string;
  programs: string[];
  environment: Record<string, string>;
  code: 1 | 78;
  says: RegExp;
}
const MIGRATE = 'worker/migrate.ts';
const WORKER = 'worker/main.ts';
const API = 'api/main.ts';
const VERIFY = 'verify/ledger-verify.ts';
const TROUBLES: Trouble[] = [
  {
    what: 'no Postgres',
    programs: [MIGRATE],
    environment: { DATABASE_URL: databaseAs((url) => (url.port = String(shutPort))) },
    code: 1,
    says: /^No Postgres serves at the address in DATABASE_URL \(ECONNREFUSED\): start it/,
  },
  {
    what: 'a wrong password of Postgres',
    programs: [MIGRATE],
    environment: { DATABASE_URL: databaseAs((url) => (url.password = PASSWORD)) },
    code: 78,
    says: /^Postgres refuses the user or the password in DATABASE_URL \(28P01\)/,
  },
  {
    what: 'a database that is not there',
    programs: [MIGRATE],
    environment: { DATABASE_URL: databaseAs((url) => (url.pathname = '/nowhere')) },
    code: 78,
    says: /^The database that DATABASE_URL names does not exist/,
  },
  {
    what: 'a Postgres without the TLS that is asked for',
    programs: [MIGRATE],
    environment: { DATABASE_URL: databaseAs((url) => (url.search = '?sslmode=verify-full')) },
    code: 78,
    says: /^The Postgres that DATABASE_URL names offers no TLS/,
  },
  {
    what: 'no Temporal',
    programs: [MIGRATE, WORKER],
    environment: { TEMPORAL_ADDRESS: `127.0.0.1:${shutPort}` },
    code: 1,
    says: /^No Temporal answers at TEMPORAL_ADDRESS: start it/,
  },
  {
    what: 'a Temporal that lacks the namespace',
    programs: [WORKER],
    environment: { TEMPORAL_PRIVACY_NAMESPACE: 'nowhere' },
    code: 1,
    says: /^Temporal does not know the namespace in .*TEMPORAL_PRIVACY_NAMESPACE: run "npm run migrate"/,
  },
  {
    what: 'a file of TLS that is not there',
    programs: [MIGRATE, WORKER, API],
    environment: { TEMPORAL_TLS_SERVER_CA_FILE: '/nowhere/ca.pem' },
    code: 78,
    says: /the file that TEMPORAL_TLS_SERVER_CA_FILE names cannot be read \(ENOENT\)/,
  },
  {
    what: 'a port that is in use',
    programs: [API],
    environment: { PORT: String(takenPort) },
    code: 1,
    says: /^The port in PORT is in use/,
  },
  {
    what: 'a port of the figures that is in use',
    programs: [API],
    environment: { METRICS_PORT: String(takenPort) },
    code: 1,
    says: /^The port in METRICS_PORT is in use/,
  },
  {
    what: 'a port of the worker that is in use',
    programs: [WORKER],
    environment: { WORKER_HEALTH_PORT: String(takenPort) },
    code: 1,
    says: /^The port in WORKER_HEALTH_PORT is in use/,
  },
  {
    what: 'a root key that is no file',
    programs: [API, WORKER],
    environment: { ROOT_KEY_FILE: folder },
    code: 78,
    says: /^The file that ROOT_KEY_FILE names cannot be opened \(EISDIR\)/,
  },
  {
    what: 'signing keys in a folder that cannot be made',
    programs: [MIGRATE],
    environment: { SIGNING_KEY_FILE: '/dev/null/signing-keys.json' },
    code: 78,
    says: /^The file that SIGNING_KEY_FILE names cannot be opened \(E/,
  },
  {
    what: 'an assistant file that is not there',
    programs: [API, WORKER],
    environment: { ASSISTANT_FILE: 'assistant.yaml' },
    code: 78,
    says: /^ASSISTANT_FILE: .*cannot be read \(ENOENT\)/,
  },
  {
    what: 'an address that is not of this machine',
    programs: [API],
    environment: { HOST: '192.0.2.7' },
    code: 78,
    says: /^The address in HOST is none of this machine/,
  },
];

test.each(
  TROUBLES.flatMap((trouble) => trouble.programs.map((program) => ({ program, ...trouble }))),
)(
  '$program with $what ends with $code and one sentence that names the setting, and no value of it',
  async ({ program, environment, code, says }) => {
    const ended = await end(program, environment);
    expect(ended.stderr).toMatch(says);
    expect([ended.code, ended.stderr.trimEnd().split('\n')]).toEqual([code, [expect.any(String)]]);
    expect(ended.stdout + ended.stderr).not.toMatch(/^\s+at /m);
    for (const value of [PASSWORD, '127.0.0.1', '192.0.2.7', '/nowhere'])
      expect(ended.stdout + ended.stderr).not.toContain(value);
  },
);

test('a check of the ledger that finds no Postgres says so by the setting, and does not count as a success', async () => {
  const environment = { DATABASE_URL: databaseAs((url) => (url.port = String(shutPort))) };
  const ended = await end(VERIFY, environment);
  expect([ended.code, ended.stderr]).toEqual([1, '']);
  expect(ended.stdout).toMatch(
    /^Not checked: No Postgres serves at the address in DATABASE_URL \(ECONNREFUSED\)[^\n]*\n$/,
  );
});

test('an api without Temporal and with a wrong password of Postgres runs on, and its log names both settings', async () => {
  const child = spawn(process.execPath, [API], {
    env: {
      PATH: process.env['PATH'],
      ...settings,
      TEMPORAL_ADDRESS: `127.0.0.1:${shutPort}`,
      DATABASE_URL: databaseAs((url) => (url.password = PASSWORD)),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    const isSaid = (words: string) => said.some((one) => one.includes(words));
    if (isSaid('at TEMPORAL_ADDRESS') && isSaid('password in DATABASE_URL') && isSaid('listening'))
      child.kill('SIGTERM');
  }
  if (child.exitCode === null) await once(child, 'exit');
  expect(child.exitCode).toBe(0);
  expect(said.join()).not.toContain(PASSWORD);
});

test('migrate refuses a Postgres older than 18 by its number, and changes nothing there', async () => {
  const { port } = new URL(settings.DATABASE_URL);
  const older = await alteredLink(Number(port), /\b18(?=0\d{3}C)/g, '15');
  const environment = { DATABASE_URL: databaseAs((url) => (url.port = String(older.port))) };
  const ended = await end(MIGRATE, environment);
  await older.close();
  expect([ended.code, ended.stderr]).toEqual([
    78,
    'DATABASE_URL leads to PostgreSQL 15: Mayfly needs 18 or newer. Nothing was changed.\n',
  ]);
});

const scripts = (
  JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
).scripts;
const ofOperators = Object.keys(scripts).filter((name) =>
  /^(?:exec )?node --env-file-if-exists/.test(scripts[name] ?? ''),
);

test('under a Node that is too old, every command of an operator says which one it needs, in a sentence that an old Node can write', async () => {
  expect(ofOperators).toEqual(expect.arrayContaining(['start', 'api', 'worker', 'migrate']));
  for (const name of ofOperators)
    expect([name, scripts[`pre${name}`]]).toEqual([name, 'node local/is-installed.cjs']);
  const pretend = join(folder, 'pretend.cjs');
  writeFileSync(
    pretend,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.19.5' } });",
  );
  const ended = await end('local/is-installed.cjs', {}, ['--require', pretend]);
  expect([ended.code, ended.stdout, ended.stderr]).toEqual([
    1,
    '',
    expect.stringMatching(/^This needs Node 24 .*runs on Node 20\.19\.5: [^\n]*\n$/),
  ]);
});
