import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { API_SETTINGS } from '../../api/api-settings.ts';
import { readSettings } from '../../lib/config.ts';
import type { SettingName } from '../../lib/config.ts';
import { postmasterArguments } from '../../lib/postgres/embedded-settings.ts';
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

test('api and worker get every setting that they cannot do without', () => {
  const readers = { api: API_SETTINGS, worker: WORKER_SETTINGS };
  for (const [name, needed] of Object.entries(readers)) {
    const given = Object.keys(compose.services[name]?.environment ?? {}).map(settingOf);
    expect(needed.filter((setting) => isRequired(setting) && !given.includes(setting))).toEqual([]);
  }
});

test('what runs on has a health check and is started again; what runs once is waited for', () => {
  const waitedFor = (name: string) =>
    services.some(
      ([, { depends_on: on }]) => on[name]?.condition === 'service_completed_successfully',
    );
  const runsOnce = (name: string) => name === 'migrate' || name === 'temporal-schema';
  for (const [name, { image, healthcheck, restart }] of services) {
    expect([name, restart]).toEqual([name, runsOnce(name) ? 'on-failure' : 'unless-stopped']);
    expect([name, waitedFor(name)]).toEqual([name, runsOnce(name)]);
    if (image === 'mayfly')
      expect([name, healthcheck !== undefined]).toEqual([name, !runsOnce(name)]);
  }
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
