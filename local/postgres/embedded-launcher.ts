import { execFile, type SpawnOptions } from 'node:child_process';
import { chmod, chown, cp, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { postgresAccount, type Account } from './embedded-account.ts';
import { postgresPrograms, programsIn, type PostgresPrograms } from './embedded-programs.ts';

const run = promisify(execFile);

/** A command line, and as whom Node starts it. */
export interface Launch {
  file: string;
  args: string[];
  options: Pick<SpawnOptions, 'uid' | 'gid' | 'env' | 'cwd'>;
}

/** How the server's programs are started on this machine. */
export interface Launcher {
  programs: PostgresPrograms;
  /** The owner of the server's files; null when that is this process's own user. */
  account: Account | null;
  launch(program: string, args: readonly string[]): Launch;
}

type Way = (program: string, args: readonly string[]) => Launch;

/**
 * Settles as whom Postgres runs and how it gets at its programs and its folder. Postgres refuses to be root:
 * root starts it as the owner of the data, or as the user `postgres`, which may be kept out by a folder above
 * (`/root`, say). Then it is lent the right to read past folders, or, where that is not to be had, a copy of the programs.
 * Throws one line when there is no way.
 */
export async function createLauncher(dataDir: string): Promise<Launcher> {
  const installed = postgresPrograms();
  const account = await postgresAccount(dataDir);
  if (account === null) {
    return { programs: installed, account, launch: plain(null) };
  }
  await letIn(path.dirname(dataDir), account);
  const ways = [plain(account), lent(account, 'dac_read_search'), lent(account, 'dac_override')];
  for (const way of ways) {
    if ((await runs(way, installed)) && (await enters(way, dataDir))) {
      return { programs: installed, account, launch: way };
    }
  }
  if (await enters(plain(account), dataDir)) {
    const programs = await copied(installed, path.dirname(dataDir));
    if (await runs(plain(account), programs)) {
      return { programs, account, launch: plain(account) };
    }
  }
  throw new Error(
    `Postgres: it may not run as root, and the user it would run as (uid ${account.uid}) cannot get into ${path.dirname(dataDir)}: ` +
      'run as another user, set DATA_DIR to a folder that others may enter, or set DATABASE_URL',
  );
}

/** A small environment: settings like PGDATA or PGPORT of the caller's are about another server. */
const ENVIRONMENT = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

function plain(account: Account | null): Way {
  return (program, args) => ({
    file: program,
    args: [...args],
    options: { env: ENVIRONMENT, cwd: '/', ...account },
  });
}

/** Without `no_setuid_fixup` the kernel leaves the capability out of access(2), which Postgres asks about its programs. */
function lent(account: Account, capability: 'dac_read_search' | 'dac_override'): Way {
  const privileges = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--inh-caps=+${capability}`,
    `--ambient-caps=+${capability}`,
    '--securebits=+no_setuid_fixup',
  ];
  return (program, args) => ({
    file: 'setpriv',
    args: [...privileges, '--', program, ...args],
    options: { env: ENVIRONMENT, cwd: '/' },
  });
}

/**
 * Opens the folder around the data, when it is private (0700), just enough for the server's group to pass through.
 * Everything inside keeps its own rights; a home folder is left alone.
 */
async function letIn(folder: string, account: Account): Promise<void> {
  const { uid, mode } = await stat(folder);
  if (uid === 0 && (mode & 0o7777) === 0o700 && folder !== homedir()) {
    await chown(folder, 0, account.gid);
    await chmod(folder, 0o710);
  }
}

async function runs(way: Way, programs: PostgresPrograms): Promise<boolean> {
  return (
    (await succeeds(way(programs.postgres, ['--version']))) &&
    succeeds(way(programs.initdb, ['--version']))
  );
}

async function enters(way: Way, dataDir: string): Promise<boolean> {
  return succeeds(way('/bin/sh', ['-c', 'cd -- "$1"', 'sh', path.dirname(dataDir)]));
}

/** Any failure means "not this way", whatever its reason: the next way is tried, and the last one's absence is told. */
async function succeeds({ file, args, options }: Launch): Promise<boolean> {
  return run(file, args, options).then(
    () => true,
    () => false,
  );
}

async function copied(installed: PostgresPrograms, parent: string): Promise<PostgresPrograms> {
  const folder = path.join(parent, 'postgres-programs');
  await cp(installed.folder, folder, { recursive: true, verbatimSymlinks: true });
  await chmod(folder, 0o755);
  return programsIn(folder);
}
