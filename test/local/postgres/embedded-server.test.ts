import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../local/postgres/embedded-server.ts';
import { eventually } from '../../support/eventually.ts';

const isRoot = process.getuid?.() === 0;

let home: string;
let dataDir: string;
let lines: string[];
let servers: EmbeddedPostgres[];

/** The folder above the data's own is private to this user, as /root is: a server of another user's must still get in. */
const newHome = () => mkdtemp(path.join(tmpdir(), 'embedded-postgres-'));

beforeEach(async () => {
  home = await newHome();
  dataDir = path.join(home, 'data', 'postgres');
  lines = [];
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await rm(home, { recursive: true, force: true });
});

async function start(
  options: { port?: number; durable?: boolean } = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({
    dataDir,
    port: options.port ?? (await freePort()),
    report: (line) => lines.push(line),
    durable: options.durable ?? false,
  });
  servers.push(server);
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function withClient<T>(
  server: EmbeddedPostgres,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: server.connectionString('postgres') });
  // A test may take the server away under the client.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const log = (server: EmbeddedPostgres) => readFile(server.logFile, 'utf8');

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('starting and stopping', () => {
  it('answers, keeps what it was given over a stop and a start, and says when it makes a new folder', async () => {
    const first = await start({ durable: true });
    await withClient(first, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'));
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start({ durable: true });
    const { rows } = await withClient(second, (client) => client.query('SELECT answer FROM kept'));
    expect(rows).toEqual([{ answer: 42 }]);
    expect(lines).toEqual(['Postgres: making a new data folder']);
  });

  it('says in one line that its port is in use, and leaves the other program alone', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(start({ port })).rejects.toThrow(
      `Postgres: port ${port} is in use: stop what uses it or choose another port`,
    );
    expect(other.listening).toBe(true);
    other.close();
  });

  it('says why it does not start, in one line', async () => {
    const server = await start();
    await server.stop();
    await writeFile(path.join(dataDir, 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(
      'Postgres: it did not start: database files are incompatible with server',
    );
  });

  it('sets a new password when the file with the old one is gone', async () => {
    const first = await start();
    await first.stop();
    await rm(path.join(home, 'data', 'postgres-password'));
    const second = await start();
    expect(second.connectionString('x')).not.toBe(first.connectionString('x'));
    await withClient(second, (client) => client.query('SELECT 1'));
  });

  it('begins again when the making of its folder was cut short', async () => {
    await (await start()).stop();
    await rm(path.join(dataDir, 'PG_VERSION'));
    await rm(dataDir, { recursive: true });
    await writeFile(`${dataDir}.unfinished`, 'left behind');
    await withClient(await start(), (client) => client.query('SELECT 1'));
  });
});

describe('a server that runs', () => {
  let sharedHome: string;
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    sharedHome = await newHome();
    server = await startEmbeddedPostgres({
      dataDir: path.join(sharedHome, 'data', 'postgres'),
      port: await freePort(),
      report: () => undefined,
    });
  });
  afterAll(async () => {
    await server.stop();
    await rm(sharedHome, { recursive: true, force: true });
  });

  it('keeps its promises about place, rights and safety', async () => {
    const settings = await withClient(server, (client) =>
      client.query<{ name: string; setting: string }>(
        `SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'unix_socket_directories', 'fsync',
         'synchronous_commit', 'full_page_writes', 'data_checksums', 'server_encoding', 'log_statement')`,
      ),
    );
    expect(Object.fromEntries(settings.rows.map(({ name, setting }) => [name, setting]))).toEqual({
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      server_encoding: 'UTF8',
      log_statement: 'none',
    });
    const collation = await withClient(server, (client) =>
      client.query(`SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'postgres'`),
    );
    expect(collation.rows).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8' }]);
    const { mode } = await stat(path.join(sharedHome, 'data', 'postgres-password'));
    expect(mode & 0o777).toBe(0o600);
    expect((await stat(path.join(sharedHome, 'data', 'postgres'))).mode & 0o777).toBe(0o700);
  });

  it('lets nobody in without the password', async () => {
    const url = new URL(server.connectionString('postgres'));
    url.password = 'guessed';
    const client = new pg.Client({ connectionString: url.href });
    await expect(client.connect()).rejects.toMatchObject({ code: '28P01' });
  });

  it('makes a database once', async () => {
    await server.ensureDatabase('some "database"');
    await server.ensureDatabase('some "database"');
    const client = new pg.Client({ connectionString: server.connectionString('some "database"') });
    await client.connect();
    const { rows } = await client.query('SELECT current_database() AS name');
    await client.end();
    expect(rows).toEqual([{ name: 'some "database"' }]);
  });

  (isRoot ? it : it.skip)('runs as another user when this one is root', async () => {
    const status = await readFile(`/proc/${server.pid}/status`, 'utf8');
    expect(status).toMatch(/^Uid:\s+[1-9]/m);
  });

  const INSERTS = [
    (marker: string) => `INSERT INTO guarded VALUES ('${marker}')`,
    (marker: string) => `INSERT INTO guarded SELECT '${marker}'::uuid`,
    (marker: string) => `SELECT '${marker}'::integer`,
    (marker: string) => `SELECT 1 FROM "${marker}"`,
    (marker: string) =>
      `DO $$ BEGIN RAISE WARNING '${marker}'; RAISE EXCEPTION '${marker}'; END $$`,
  ];

  /** Every one of them fails, by its value. */
  async function failWith(client: pg.Client, marker: string): Promise<void> {
    for (const insert of INSERTS) {
      await expect(client.query(insert(marker))).rejects.toThrow();
    }
    await expect(client.query('INSERT INTO guarded VALUES ($1)', [marker])).rejects.toThrow();
  }

  it('never holds a value of a statement that failed, though it would if it were not told to be silent', async () => {
    await withClient(server, async (client) => {
      await client.query("CREATE TABLE guarded (word text CHECK (word = 'never'))");
      await failWith(client, 'silent-marker');
      await client.query('SET log_min_messages = warning; SET log_min_error_statement = error');
      await client.query(
        'SET log_error_verbosity = verbose; SET log_parameter_max_length_on_error = -1',
      );
      await failWith(client, 'planted-marker');
    });
    const text = await log(server);
    expect(text).toContain('planted-marker');
    expect(text).not.toContain('silent-marker');
  });
});

describe('after a crash', () => {
  it('the server itself killed: the next one repairs the data and has all that was committed', async () => {
    const first = await start({ durable: true });
    await withClient(first, (client) => client.query('CREATE TABLE kept AS SELECT 42 AS answer'));
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    const second = await start({ durable: true });
    const { rows } = await withClient(second, (client) => client.query('SELECT answer FROM kept'));
    expect(rows).toEqual([{ answer: 42 }]);
  });

  it('only its parent killed: the server that runs on is stopped and the next one takes its place', async () => {
    const script = path.join(import.meta.dirname, 'start-and-wait.ts');
    const port = await freePort();
    const parent = spawn(process.execPath, [script, dataDir, String(port)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [said] = await once(parent.stdout, 'data');
    const orphan = Number(String(said));
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(isAlive(orphan)).toBe(true);

    const server = await start({ port });
    await eventually(() => expect(isAlive(orphan)).toBe(false));
    await withClient(server, (client) => client.query('SELECT 1'));
    expect(lines).toEqual([
      `Postgres: stopping the server that an earlier start left running (process ${orphan})`,
    ]);
  });

  it('a pid file that now names some other program stops nothing and hurts nobody', async () => {
    const first = await start();
    const file = path.join(dataDir, 'postmaster.pid');
    const content = await readFile(file, 'utf8');
    await first.stop();
    const stranger = spawn('sleep', ['600'], {
      stdio: 'ignore',
      ...(isRoot ? await ownerOf(dataDir) : {}),
    });
    await writeFile(file, content.replace(/^\d+/, String(stranger.pid)));
    await withClient(await start(), (client) => client.query('SELECT 1'));
    expect(stranger.exitCode).toBeNull();
    stranger.kill();
  });

  async function ownerOf(folder: string): Promise<{ uid: number; gid: number }> {
    const { uid, gid } = await stat(folder);
    return { uid, gid };
  }
});

describe('the log', () => {
  it('never holds the statement of a session that was killed', async () => {
    const server = await start();
    const client = new pg.Client({ connectionString: server.connectionString('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const running = client
      .query("SELECT pg_sleep(600), 'silent-marker'")
      .catch((error: Error) => error);
    const sleeping = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    await withClient(server, (other) =>
      eventually(async () => expect((await other.query(sleeping)).rowCount).toBe(1)),
    );
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    expect(await running).toBeInstanceOf(Error);
    await eventually(async () => expect(await log(server)).toContain('was terminated by signal 9'));
    expect(await log(server)).not.toContain('silent-marker');
    // Then it is up again: it takes no orders while it repairs itself.
    await eventually(async () =>
      expect((await log(server)).split('ready to accept connections')).toHaveLength(3),
    );
  });

  it('is emptied at a start when it has grown over 5 MB', async () => {
    const first = await start();
    await first.stop();
    await truncate(first.logFile, 5 * 1024 * 1024 + 1);
    const second = await start();
    expect((await stat(second.logFile)).size).toBeLessThan(100_000);
    expect(await log(second)).toContain('ready to accept connections');
  });
});
