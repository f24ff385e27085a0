import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { eventually } from '../support/eventually.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openIntruder } from './fakes/intruder.ts';
import {
  livingOf,
  makeFakeCheckout,
  READY_WITHIN_MS,
  recordedProcesses,
  startCheckout,
  type StartedProcess,
} from './fakes/fake-checkout.ts';

const folder = temporaryFolder();
const checkout = makeFakeCheckout(folder);
/** For what needs no server: all but the model then counts as given. */
const NO_SERVERS = {
  DATABASE_URL: 'postgresql://unused.example.com/unused',
  TEMPORAL_ADDRESS: 'unused.example.com:7233',
};

let started: StartedProcess[];
let dataDir: string;
let count = 0;

beforeEach(() => {
  started = [];
  dataDir = path.join(folder, `data-${(count += 1)}`);
});
afterEach(async () => {
  for (const one of started) {
    if (one.process.exitCode === null && one.process.signalCode === null)
      one.process.kill('SIGTERM');
    await one.ended;
  }
});

async function start(environment: Record<string, string> = {}): Promise<StartedProcess> {
  const one = await startCheckout(checkout, { DATA_DIR: dataDir, ...environment });
  started.push(one);
  return one;
}

const events = () => readFileSync(path.join(dataDir, 'events'), 'utf8').trim().split('\n');
const settingsOf = async (address: string) =>
  (await (await fetch(`${address}/settings`)).json()) as Record<string, string>;

async function query(databaseUrl: string | undefined, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl ?? '' });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

describe('npm start', () => {
  it('brings everything up, ends with the address, and on SIGTERM leaves no process behind', async () => {
    const one = await start();
    const address = await one.ready();
    expect(one.output().trim().split('\n').at(-1)).toBe(`ready ${address}`);
    const settings = await settingsOf(address);
    expect((await fetch(settings['TEMPORAL_UI_URL'] ?? '')).status).toBe(200);
    const processes = recordedProcesses(dataDir);
    expect([...processes.keys()].toSorted()).toEqual([
      'Postgres',
      'Temporal',
      'api',
      'model',
      'worker',
    ]);
    expect(livingOf(processes.values())).toHaveLength(5);
    expect(events()[0]).toMatch(/^worker\/migrate.ts runs as/);

    one.process.kill('SIGTERM');
    expect(await one.ended).toBe(0);
    expect(livingOf(processes.values())).toEqual([]);
    expect(recordedProcesses(dataDir).size).toBe(0);
    expect(events().slice(-2).toSorted()).toEqual([
      'local/api.ts got SIGTERM',
      'worker/main.ts got SIGTERM',
    ]);
    expect(one.output()).toMatch(/stopped\n$/);
  });

  it('goes on with the same data after a kill -9, and first stops what that left running', async () => {
    const first = await start();
    const before = await settingsOf(await first.ready());
    await query(before['DATABASE_URL'], 'CREATE TABLE kept AS SELECT 42 AS answer');
    const orphans = recordedProcesses(dataDir);
    first.process.kill('SIGKILL');
    await first.ended;
    expect(livingOf([orphans.get('Postgres') ?? 0])).toHaveLength(1);

    const second = await start();
    const after = await settingsOf(await second.ready());
    expect(livingOf(orphans.values())).toEqual([]);
    expect(await query(after['DATABASE_URL'], 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(after['WHATSAPP_APP_SECRETS']).toBe(before['WHATSAPP_APP_SECRETS']);
    expect(second.output()).toContain(
      `Postgres: stopping what an earlier start left running (process ${orphans.get('Postgres')})`,
    );
  });

  it('starts a child again that ends, and every other goes on', async () => {
    const one = await start();
    const address = await one.ready();
    const before = recordedProcesses(dataDir);
    await fetch(`${address}/exit/7`).catch(() => undefined);
    await eventually(() => expect(one.output()).toContain('api: runs again'));
    expect(one.output()).toContain('api: ended (code 7), starting it again in 0.25 s');
    expect((await fetch(`${address}/readyz`)).status).toBe(200);
    const after = recordedProcesses(dataDir);
    expect(after.get('api')).not.toBe(before.get('api'));
    expect(after.get('worker')).toBe(before.get('worker'));

    // The servers too, and they keep their ports and what they hold.
    const settings = await settingsOf(address);
    await query(settings['DATABASE_URL'], 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(after.get('Postgres') ?? 0, 'SIGKILL');
    process.kill(after.get('Temporal') ?? 0, 'SIGKILL');
    await eventually(() => {
      expect(one.output()).toContain('Postgres: runs again');
      expect(one.output()).toContain('Temporal: runs again');
    });
    expect(await query(settings['DATABASE_URL'], 'SELECT answer FROM kept')).toEqual([
      { answer: 42 },
    ]);
    expect((await fetch(settings['TEMPORAL_UI_URL'] ?? '')).status).toBe(200);
  });

  it('refuses a second start on the same data folder and leaves the first alone', async () => {
    const first = await start();
    const address = await first.ready();
    const second = await start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `${dataDir} is in use by another start (process ${first.process.pid}): stop that one, or set DATA_DIR to another folder\n`,
    );
    expect((await fetch(`${address}/readyz`)).status).toBe(200);

    // Data of its own alone does not help it, where it is told to use the same port.
    const port = new URL(address).port;
    const third = await start({ DATA_DIR: `${dataDir}-other`, PORT: port });
    expect(await third.ended).toBe(1);
    expect(third.output()).toBe(`port ${port} is in use: stop what uses it or set PORT\n`);
  });

  it('chooses ports anew when somebody takes one before it is used, and takes no other server for its own', async () => {
    // Two servers come first: each on the port that Temporal, and then the worker, was about to listen on.
    const intruder = await openIntruder(folder);
    try {
      const one = await start({ TEMPORAL_CLI_PATH: await intruder.comesBefore('--ui-port') });
      const settings = await settingsOf(await one.ready());
      const [taken] = intruder.ports;
      expect(one.output()).toContain(
        `Temporal: port ${taken} was taken by another program meanwhile\nstarting again, with ports that are free now\n`,
      );
      expect(settings['TEMPORAL_UI_URL']).not.toContain(`:${taken}`);
      expect((await fetch(settings['TEMPORAL_UI_URL'] ?? '')).headers.get('x-intruder')).toBeNull();
      // Nothing was migrated while the other server answered in its place.
      expect(events().filter((event) => event.startsWith('worker/migrate.ts'))).toHaveLength(1);
    } finally {
      await intruder.close();
    }
  });

  it("chooses ports anew when the worker's is taken, also where the other program answers in its place", async () => {
    const intruder = await openIntruder(folder);
    try {
      const one = await start({ ...NO_SERVERS, FAKE_ASKS_FIRST: intruder.url });
      const address = await eventually(() => {
        expect(one.output()).toMatch(/starting again[^]*^ready /m);
        return /^ready (\S+)$/m.exec(one.output().split('starting again')[1] ?? '')?.[1];
      }, READY_WITHIN_MS);
      const settings = await settingsOf(address ?? '');
      const [taken] = intruder.ports;
      expect(one.output()).toContain(
        `worker: port ${taken} was taken by another program meanwhile`,
      );
      expect(settings['WORKER_HEALTH_PORT']).not.toBe(String(taken));
    } finally {
      await intruder.close();
    }
  });

  it('stops with one line when a port that was set is in use', async () => {
    const intruder = await openIntruder(folder);
    try {
      const port = new URL(intruder.url).port;
      const one = await start({ ...NO_SERVERS, WORKER_HEALTH_PORT: port });
      expect(await one.ended).toBe(1);
      expect(one.output()).toBe(
        `port ${port} is in use: stop what uses it or set WORKER_HEALTH_PORT\n`,
      );
    } finally {
      await intruder.close();
    }
  });

  it('stops with the line of a child whose settings are wrong', async () => {
    const one = await start({ ...NO_SERVERS, FAKE_WRONG_SETTING: 'local/api.ts' });
    expect(await one.ended).toBe(1);
    expect(one.output()).toMatch(/\nSettings: FAKE_WRONG_SETTING is not usable\.\n$/);
    expect(one.output()).not.toContain('starting it again');
  });

  it('stops when a migration fails, before anything uses the database', async () => {
    const one = await start({ ...NO_SERVERS, FAKE_BROKEN: 'worker/migrate.ts' });
    expect(await one.ended).toBe(1);
    expect(one.output()).toContain('migrate: error: broken on purpose');
    expect(one.output()).toMatch(/\nmigrate: failed \(code 1\)\n$/);
    expect(events()).toHaveLength(1);
  });

  it('gives up on a child that keeps ending, shows why, and leaves no process behind', async () => {
    const one = await start({ ...NO_SERVERS, FAKE_BROKEN: 'worker/main.ts' });
    const processes = await eventually(() => {
      expect(recordedProcesses(dataDir).size).toBeGreaterThanOrEqual(2);
      return recordedProcesses(dataDir);
    });
    expect(await one.ended).toBe(1);
    expect(one.output()).toMatch(
      /broken on purpose"\}\nworker: ended \(code 1\), 6 times in a minute\n$/,
    );
    expect(livingOf(processes.values())).toEqual([]);
  });

  it('forced by a second signal ends at once and leaves no process behind', async () => {
    const one = await start(NO_SERVERS);
    await one.ready();
    const processes = recordedProcesses(dataDir);
    // The worker does not answer to the first signal any more.
    process.kill(processes.get('worker') ?? 0, 'SIGSTOP');
    one.process.kill('SIGINT');
    await eventually(() => expect(livingOf([processes.get('api') ?? 0])).toEqual([]));
    await eventually(() => {
      one.process.kill('SIGINT');
      expect(one.process.exitCode).toBe(130);
    });
    await eventually(() => expect(livingOf(processes.values())).toEqual([]));
  });

  it('stops when the npm that runs it is gone', async () => {
    const shell = spawn(
      'sh',
      ['-c', `"$0" "$1" & echo $!; wait`, process.execPath, path.join(checkout, 'local/main.ts')],
      {
        env: {
          PATH: process.env['PATH'],
          ...{ PORT: '0', DATA_DIR: dataDir, npm_lifecycle_event: 'start', ...NO_SERVERS },
        },
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    let output = '';
    shell.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece));
    await eventually(() => expect(output).toMatch(/^ready /m));
    const pids = [Number.parseInt(output, 10), ...recordedProcesses(dataDir).values()];
    expect(livingOf(pids)).toHaveLength(4);
    shell.kill('SIGKILL');
    await eventually(() => expect(livingOf(pids)).toEqual([]));
    expect(events().slice(-2).toSorted()).toEqual([
      'local/api.ts got SIGTERM',
      'worker/main.ts got SIGTERM',
    ]);
  });

  it('replaces a part that is given, and that part alone', async () => {
    const first = await start();
    const settings = await settingsOf(await first.ready());
    const given = {
      DATA_DIR: `${dataDir}-other`,
      DATABASE_URL: settings['DATABASE_URL'] ?? '',
      TEMPORAL_ADDRESS: settings['TEMPORAL_ADDRESS'] ?? '',
      OPENAI_BASE_URL: settings['OPENAI_BASE_URL'] ?? '',
    };
    const second = await start(given);
    expect(await settingsOf(await second.ready())).toMatchObject({
      ...given,
      STAND_INS: 'meta,mail,staff',
    });
    expect([...recordedProcesses(given.DATA_DIR).keys()].toSorted()).toEqual(['api', 'worker']);
  });
});
