import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Launch, Launcher } from './embedded-launcher.ts';

const run = promisify(execFile);

/** The one role of an embedded server: its superuser. */
export const EMBEDDED_ROLE = 'mayfly';

/** Where the role's password lies: beside the data folder, readable by its owner alone. */
export function passwordFile(dataDir: string): string {
  return path.join(path.dirname(dataDir), 'postgres-password');
}

/**
 * Makes the data folder when there is none yet and returns the role's password.
 * A lost password file is replaced, and the role with it.
 */
export async function prepareCluster(
  dataDir: string,
  launcher: Launcher,
  options: { durable: boolean; report: (line: string) => void },
): Promise<string> {
  const kept = await readFile(passwordFile(dataDir), 'utf8').catch(absentAsNull);
  const password = kept?.trim() || (await newPassword(dataDir, launcher));
  if (!(await exists(path.join(dataDir, 'PG_VERSION')))) {
    options.report('Postgres: making a new data folder');
    await initialise(dataDir, launcher, options.durable);
  } else if (!kept?.trim()) {
    options.report('Postgres: the password file was gone, a new password is set');
    await setPassword(dataDir, launcher, password);
  }
  return password;
}

/** The file goes to the server's account: initdb reads it as that user. */
async function newPassword(dataDir: string, launcher: Launcher): Promise<string> {
  const password = randomBytes(24).toString('hex');
  const file = passwordFile(dataDir);
  await writeFile(file, `${password}\n`, { mode: 0o600 });
  await chmod(file, 0o600);
  if (launcher.account !== null) {
    await chown(file, launcher.account.uid, launcher.account.gid);
  }
  return password;
}

/** A start that is killed half-way leaves only the folder with the other name, which the next one begins again. */
async function initialise(dataDir: string, launcher: Launcher, durable: boolean): Promise<void> {
  const unfinished = `${dataDir}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (launcher.account !== null) {
    await chown(unfinished, launcher.account.uid, launcher.account.gid);
  }
  const args = [
    `--pgdata=${unfinished}`,
    `--username=${EMBEDDED_ROLE}`,
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile(dataDir)}`,
    '--encoding=UTF8',
    // Postgres's own C.UTF-8: the same order and case rules on every system, whatever locales it has.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ];
  const launch = launcher.launch(launcher.programs.initdb, args);
  await run(launch.file, launch.args, launch.options).catch((error: { stderr?: string }) => {
    throw new Error(`Postgres: the data folder could not be made: ${lastLine(error.stderr)}`, {
      cause: error,
    });
  });
  await rename(unfinished, dataDir);
}

/** The server's single-user mode needs no password, and the new one reaches it through a pipe, not a command line. */
async function setPassword(dataDir: string, launcher: Launcher, password: string): Promise<void> {
  const args = ['--single', '-D', dataDir, '-c', 'log_statement=none', 'postgres'];
  const code = await fed(
    launcher.launch(launcher.programs.postgres, args),
    `ALTER ROLE ${EMBEDDED_ROLE} PASSWORD '${password}'\n`,
  );
  if (code !== 0) {
    await rm(passwordFile(dataDir));
    throw new Error('Postgres: the password file is gone and a new password could not be set');
  }
}

function fed({ file, args, options }: Launch, input: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { ...options, stdio: ['pipe', 'ignore', 'ignore'] });
    child.once('error', reject);
    child.once('exit', resolve);
    child.stdin.once('error', reject);
    child.stdin.end(input);
  });
}

function lastLine(text: string | undefined): string {
  return text?.trim().split('\n').at(-1) ?? 'no reason given';
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(absentAsNull)) !== null;
}

function absentAsNull(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') {
    return null;
  }
  throw error;
}
