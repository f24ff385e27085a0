/**
 * `npm run backup` and the other commands of the operator: runs one with the settings that the environment does not give
 * filled in from what `npm start` keeps in DATA_DIR. In an image there are only the commands, and their settings are given.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { openLocalDatabase } from './local-database.ts';
import type { DatabaseNeed } from './local-database.ts';
import { keyFileDefaults } from './local-environment.ts';
import { isGiven } from './local-plan.ts';

const NEEDS = {
  'backup/backup.ts': 'as it is',
  'backup/restore.ts': 'made if it is lost',
  'verify/ledger-verify.ts': 'only if it runs',
  'verify/certificate-verify.ts': 'only if it runs',
} as const satisfies Record<string, DatabaseNeed>;

const checkout = path.resolve(import.meta.dirname, '..');
const [program = '', ...args] = process.argv.slice(2);
const need = Object.entries(NEEDS).find(([name]) => name === program)?.[1];
if (need === undefined) throw new Error(`local/command.ts runs: ${Object.keys(NEEDS).join(', ')}`);

try {
  process.exitCode = await run(need);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : 'unknown error'}\n`);
  process.exitCode = 1;
}

async function run(databaseNeed: DatabaseNeed): Promise<number> {
  const given = process.env;
  const dataDir = path.resolve(given['DATA_DIR'] || path.join(checkout, '.data'));
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  const database = isGiven(given, 'DATABASE_URL')
    ? null
    : await openLocalDatabase(path.join(dataDir, 'postgres'), { need: databaseNeed, report });
  const filled = Object.entries(keyFileDefaults(dataDir)).filter(([name]) => !isGiven(given, name));
  const env = {
    ...given,
    ...Object.fromEntries(filled),
    ...(database === null ? {} : { DATABASE_URL: database.url }),
  };
  try {
    const child = spawn(process.execPath, [path.join(checkout, program), ...args], {
      env,
      stdio: 'inherit',
    });
    // A Ctrl-C reaches the command by itself; this process waits for it, so that Postgres is stopped after it.
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => child.kill(signal));
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    await database?.close();
  }
}
