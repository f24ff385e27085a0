import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { API_SETTINGS } from '../../api/api-settings.ts';
import { clearTextLinks } from '../../lib/clear-text-links.ts';
import { readSettings } from '../../lib/config.ts';
import type { SettingName } from '../../lib/config.ts';
import { postmasterArguments } from '../../local/postgres/embedded-settings.ts';
import { MIGRATE_SETTINGS } from '../../worker/migrate-settings.ts';
import { WORKER_SETTINGS } from '../../worker/worker-settings.ts';
import { checkoutFile, tableUnder } from './page-tables.ts';

const service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  networks: z.array(z.string()),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  restart: z.string(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
});
type Service = z.infer<typeof service>;

const compose = z
  .object({
    services: z.record(z.string(), service),
    networks: z.record(z.string(), z.object({ internal: z.boolean().default(false) })),
    secrets: z.record(z.string(), z.object({ file: z.string() })),
  })
  .parse(parse(checkoutFile('docker-compose.yml'), { merge: true }));

const services = Object.entries(compose.services);
const ours = services.filter(([, { image }]) => image === 'mayfly');
const settings = tableUnder('docs/settings.md', '## Settings of the processes').map(
  ({ setting }) => setting as SettingName,
);

/** The setting that a variable gives, by itself or as the name of a file. */
function settingOf(variable: string): string {
  if (settings.some((name) => name === variable)) return variable;
  return variable.replace(/_FILE$/, '');
}

function isRequired(name: SettingName): boolean {
  try {
    readSettings({}, [name]);
    return false;
  } catch {
    return true;
  }
}

function publishes(networks: readonly string[]): boolean {
  return networks.some((name) => compose.networks[name]?.internal === false);
}

test('api, worker and migrations are one image with three commands', () => {
  expect(ours.map(([name, { command }]) => [name, command])).toEqual([
    ['migrate', ['worker/migrate.ts']],
    ['api', ['api/main.ts']],
    ['worker', ['worker/main.ts']],
  ]);
});

test('every variable given to api, worker and migrations is a setting that exists', () => {
  for (const [, { environment }] of ours) {
    const names = Object.keys(environment).map(settingOf);
    expect(names.filter((name) => !settings.some((known) => known === name))).toEqual([]);
  }
});

const READERS: Record<string, readonly SettingName[]> = {
  migrate: MIGRATE_SETTINGS,
  api: API_SETTINGS,
  worker: WORKER_SETTINGS,
};
const decidedHere = tableUnder('docs/deployment.md', '### What the Compose file decides').map(
  ({ setting }) => setting,
);

test.each(Object.keys(READERS))(
  'every setting that %s reads arrives from .env or from a file of secrets, or is said to be decided by the Compose file',
  (name) => {
    const environment = Object.entries(compose.services[name]?.environment ?? {});
    const arrives = (setting: string) =>
      environment.some(
        ([variable, value]) =>
          (variable === setting && String(value).includes(`\${${setting}`)) ||
          (variable === `${setting}_FILE` && String(value).startsWith('/run/secrets/')),
      );
    const lost = (READERS[name] ?? []).filter(
      (setting) => !arrives(setting) && !decidedHere.includes(setting),
    );
    expect(lost).toEqual([]);
  },
);

test('what the Compose file is said to decide is not taken from .env, and exists', () => {
  expect(decidedHere.filter((name) => !settings.some((known) => known === name))).toEqual([]);
  const taken = ours.flatMap(([, { environment }]) =>
    decidedHere.filter((setting = '') => String(environment[setting]).includes(`\${${setting}`)),
  );
  expect(taken).toEqual([]);
});

test.each(Object.keys(READERS))(
  '%s starts with what .env must hold, what nobody gave is no value, and only its neighbours are reached without TLS',
  (name) => {
    const given = { PUBLIC_HOST: 'chat.example.com', COMPANY_NAME: 'Example Bakery' };
    const env = { ...given, CONTACT_EMAIL: 'privacy@example.com', OPENAI_MODEL: 'example-model' };
    const fromFiles = Object.fromEntries(
      (READERS[name] ?? []).filter(isRequired).map((setting) => [setting, 'a secret']),
    );
    const environment = {
      ...fromFiles,
      DATABASE_URL: 'postgresql://mayfly_app:secret@postgres:5432/mayfly?sslmode=disable',
      ...interpolated(name, env),
    };
    const read = readSettings(environment, READERS[name] ?? []);
    expect(read).toMatchObject({
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_PRIVACY_NAMESPACE: 'privacy',
      PRIVATE_HOSTS: ['postgres', 'temporal'],
    });
    expect(clearTextLinks(read).map(({ setting }) => setting)).toEqual([
      'DATABASE_URL',
      'TEMPORAL_ADDRESS',
    ]);
  },
);

/** What Compose makes of a service's variables with this .env, save those that name files. */
function interpolated(name: string, env: Record<string, string>): Record<string, string> {
  const resolve = (value: string) =>
    value.replaceAll(
      /\$\{(\w+)(?::[-?]([^}]*))?\}/g,
      (_, variable: string, fallback = '') => env[variable] ?? String(fallback),
    );
  return Object.fromEntries(
    Object.entries(compose.services[name]?.environment ?? {})
      .filter(([, value]) => !String(value).startsWith('/run/secrets/'))
      .map(([variable, value]) => [variable, resolve(String(value))]),
  );
}

test('what runs on has a health check and is started again; what runs once is waited for and not tried for ever', () => {
  const waitedFor = (name: string) =>
    services.some(
      ([, { depends_on: on }]) => on[name]?.condition === 'service_completed_successfully',
    );
  const runsOnce = (name: string) => name === 'migrate' || name === 'temporal-schema';
  for (const [name, { image, healthcheck, restart }] of services) {
    expect([name, restart]).toEqual([name, runsOnce(name) ? 'on-failure:10' : 'unless-stopped']);
    expect([name, waitedFor(name)]).toEqual([name, runsOnce(name)]);
    if (image === 'mayfly')
      expect([name, healthcheck !== undefined]).toEqual([name, !runsOnce(name)]);
  }
});

test("Temporal's UI asks the codec of this api, under the address that the api lets in, and signs in at the same provider", () => {
  const ui = compose.services['temporal-ui']?.environment ?? {};
  const api = compose.services['api']?.environment ?? {};
  expect(ui['TEMPORAL_CODEC_ENDPOINT']).toBe(`${String(api['PUBLIC_URL'])}/codec`);
  expect(ui['TEMPORAL_AUTH_CALLBACK_URL']).toBe(
    `${String(api['TEMPORAL_UI_URL'])}/auth/sso/callback`,
  );
  expect(ui['TEMPORAL_AUTH_PROVIDER_URL']).toBe(api['OIDC_ISSUER']);
  const published = compose.services['temporal-ui']?.ports.map((port) =>
    port.split(':').slice(0, 2).join(':'),
  );
  expect(String(api['TEMPORAL_UI_URL'])).toContain(`http://${published?.[0] ?? 'nothing'}}`);
});

test("a health check asks the port that its service's settings name", () => {
  const asked = (name: string) => compose.services[name]?.healthcheck?.test.join(' ') ?? '';
  expect(asked('api')).toContain(`:${readSettings({}, ['PORT']).PORT}/readyz`);
  const port = compose.services['worker']?.environment['WORKER_HEALTH_PORT'];
  expect(asked('worker')).toContain(`:${port}/readyz`);
});

test('only Caddy is reached from outside, and only it, the worker and the UI are on a network with a way out', () => {
  const published = services.flatMap(([name, { ports }]) => ports.map((port) => [name, port]));
  expect(published.filter(([, port]) => !port?.startsWith('127.0.0.1:'))).toEqual([
    ['caddy', '80:80'],
    ['caddy', '443:443'],
    ['caddy', '443:443/udp'],
  ]);
  const withWayOut = services
    .filter(([, { networks }]) => publishes(networks))
    .map(([name]) => name);
  expect(withWayOut).toEqual(['worker', 'caddy', 'temporal-ui']);
});

test('every file of secrets that a service reads is given to it, and made by deploy/make-secrets.sh', () => {
  const script = checkoutFile('deploy/make-secrets.sh');
  const isMade = (name: string) => new RegExp(`\\b${name}\\b`).test(script);
  expect(Object.entries(compose.secrets).filter(([name]) => !isMade(name))).toEqual([]);
  for (const [name, { file }] of Object.entries(compose.secrets)) {
    expect(file).toBe(`deploy/secrets/${name}`);
  }
  for (const [, { environment, secrets }] of ours)
    expect(secrets.toSorted()).toEqual(secretsIn(environment));
});

function secretsIn(environment: Service['environment']): string[] {
  return Object.values(environment)
    .flatMap((value) => /^\/run\/secrets\/(.*)$/.exec(String(value))?.[1] ?? [])
    .toSorted();
}

test('Postgres keeps values out of its log with the same parameters as the embedded server', () => {
  const embedded = postmasterArguments({ dataDir: '/data', port: 5432, durable: true });
  const silent = embedded.filter((argument) => /^(log|debug)_/.test(argument));
  // Where the log goes is the image's affair.
  const wanted = silent.filter((argument) => !argument.startsWith('log_destination'));
  const given = compose.services['postgres']?.command?.map((argument) =>
    argument.replace(/^-c/, ''),
  );
  expect(wanted.length).toBeGreaterThan(10);
  expect(given).toEqual(expect.arrayContaining(wanted));
});

test('nothing that is not listed gets into the image, least of all data, history, secrets and tests', () => {
  const [first, ...rest] = checkoutFile('.dockerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(first).toBe('*');
  const kept = rest.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  expect(kept.toSorted()).toEqual(copied().toSorted());
  expect(rest).toEqual(
    expect.arrayContaining([
      '.git',
      '.data',
      '.env',
      '.cache',
      'test',
      'deploy/secrets',
      'node_modules',
    ]),
  );
});

test('the image holds every file that its programs import', () => {
  const folders = copied().filter((name) => !name.includes('.'));
  const reached = globSync(`{${folders.join(',')}}/**/*.ts`).flatMap((file) =>
    [...checkoutFile(file).matchAll(/(?:from|URL\() ?'(\.[^']*)'/g)].map(([, path = '']) =>
      join(dirname(file), path),
    ),
  );
  expect(reached.length).toBeGreaterThan(100);
  // "." is the checkout itself, where the cache of bundles lies.
  const tops = reached.map((path) => path.split('/')[0]).filter((top) => top !== '.');
  expect(new Set(tops)).toEqual(new Set(folders));
});

/** What the Dockerfile copies from the checkout. */
function copied(): string[] {
  return [...checkoutFile('Dockerfile').matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(
    ([, names = '']) => names.split(' '),
  );
}
