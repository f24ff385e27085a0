import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { EMBEDDED_ROLE, passwordFile } from './embedded-cluster.ts';

/** Lines of Postgres's own `postmaster.pid`. */
const PID_LINE = 0;
const PORT_LINE = 3;

/**
 * The address of the embedded server that runs on this data folder, for another program on the same machine; null when
 * none runs. Holds the password: never to be logged.
 */
export function runningEmbeddedAddress(dataDir: string, database: string): string | null {
  const [pidFile, password] = [path.join(dataDir, 'postmaster.pid'), passwordFile(dataDir)];
  if (!existsSync(pidFile) || !existsSync(password)) return null;
  const lines = readFileSync(pidFile, 'utf8').split('\n');
  const port = Number(lines[PORT_LINE]);
  if (!Number.isInteger(port) || !isAlive(Number(lines[PID_LINE]))) return null;
  return `postgresql://${EMBEDDED_ROLE}:${readFileSync(password, 'utf8').trim()}@127.0.0.1:${port}/${database}?sslmode=disable`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
