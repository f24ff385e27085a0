import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { reasonIn } from './embedded-log.ts';

/** Crash recovery of a large data folder takes its time; a start that takes longer is taken for broken. */
const READY_DEADLINE_MS = 180_000;
const SAY_SO_AFTER_MS = 5_000;
const POLL_MS = 50;

/** Returns when a connection works. Throws one line when the server ends before, does not get there, or refuses us. */
export async function untilReady(
  server: { exited: Promise<unknown>; logFile: string; connectionString(database: string): string },
  report: (line: string) => void,
  logStart: number,
): Promise<void> {
  let over = false;
  const exit = server.exited.then(() => {
    over = true;
  });
  const begun = Date.now();
  let said = false;
  while (Date.now() - begun < READY_DEADLINE_MS) {
    if (over) {
      throw new Error(`Postgres: it did not start: ${reasonIn(server.logFile, logStart)}`);
    }
    if (await answers(server.connectionString('postgres'))) {
      return;
    }
    if (!said && Date.now() - begun > SAY_SO_AFTER_MS) {
      report('Postgres: not ready yet; after a crash it first repairs its data');
      said = true;
    }
    await Promise.race([pause(POLL_MS), exit]);
  }
  throw new Error(
    `Postgres: not ready after ${READY_DEADLINE_MS / 1000} s: ${reasonIn(server.logFile, logStart)}`,
  );
}

/** Not yet listening, and still recovering (57P03), mean "ask again"; any other refusal is final. */
async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 });
  // The server may go away under an idle connection; the next question finds out.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.end();
    return true;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === '28P01' || code === '28000') {
      throw new Error(
        "Postgres: the password in the file postgres-password is not this data folder's",
        {
          cause: error,
        },
      );
    }
    return false;
  }
}
