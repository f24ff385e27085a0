import path from 'node:path';
import { startChild } from '../../local/child-process.ts';
import { tryPort } from '../../local/free-port.ts';
import { openLogFile } from '../../local/log-file.ts';
import type { ProcessRecord } from '../../local/process-record.ts';
import { untilAnswers } from '../../local/readiness.ts';
import { findTemporalCli } from '../../local/temporal/temporal-binaries.ts';

const READY_DEADLINE_MS = 60_000;

/** A Temporal dev server in memory. `advice` is what it is told besides: dynamic settings, by their names. */
export async function startTemporal({
  folder,
  record,
  report,
  advice = {},
}: {
  folder: string;
  record: ProcessRecord;
  report: (line: string) => void;
  advice?: Record<string, number>;
}) {
  const command = await findTemporalCli(report);
  const [port, httpPort] = [await freePort(), await freePort()];
  const running = await startChild({
    name: 'Temporal',
    command,
    args: [
      ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--log-level', 'error'],
      ...['--port', String(port), '--http-port', String(httpPort)],
      ...['--namespace', 'conversations', '--namespace', 'privacy'],
      ...Object.entries(advice).flatMap(([name, value]) => [
        '--dynamic-config-value',
        `${name}=${value}`,
      ]),
    ],
    environment: { PATH: process.env['PATH'], HOME: folder },
    isNode: false,
    log: openLogFile(path.join(folder, 'temporal.log')),
    record,
  });
  const deadline = AbortSignal.timeout(READY_DEADLINE_MS);
  for (const namespace of ['conversations', 'privacy']) {
    await untilAnswers(`http://127.0.0.1:${httpPort}/api/v1/namespaces/${namespace}`, deadline);
  }
  return { running, address: `127.0.0.1:${port}` };
}

export async function freePort(): Promise<number> {
  const tried = await tryPort(0);
  if ('port' in tried) return tried.port;
  throw new Error('no port is free');
}
