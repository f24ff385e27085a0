import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { findTemporalCli } from '../lib/temporal/temporal-binaries.ts';
import { startChild } from './child-process.ts';
import { openLogFile } from './log-file.ts';
import type { ProcessRecord } from './process-record.ts';
import { untilAnswers } from './readiness.ts';
import type { Service } from './service.ts';

/** Where Temporal's dev server is to be, and what it is to hold. */
export interface TemporalOptions {
  /** Its database lies in a file of this folder. */
  folder: string;
  logFile: string;
  port: number;
  uiPort: number;
  namespaces: readonly string[];
  /** What Temporal's UI asks to decode payloads. */
  codecEndpoint: string;
  record: ProcessRecord;
  report: (line: string) => void;
}

/** Temporal's dev server with its UI, both on the loopback interface. Fetches the CLI when it is not here. */
export function temporalService(options: TemporalOptions): Service {
  const log = openLogFile(options.logFile);
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  return {
    name: 'Temporal',
    start: async (signal) =>
      startChild({
        name: 'Temporal',
        command: await findTemporalCli(options.report, signal),
        args: serverArguments(options),
        // Settings of the caller's for other Temporal servers are kept away from it.
        environment: {
          PATH: process.env['PATH'],
          HOME: options.folder,
          TMPDIR: process.env['TMPDIR'],
        },
        isNode: false,
        log,
        record: options.record,
      }),
    // The UI answers through the server, so this waits for both, and for each namespace.
    ready: async (signal) => {
      for (const namespace of options.namespaces) {
        const url = `http://127.0.0.1:${options.uiPort}/api/v1/namespaces/${encodeURIComponent(namespace)}`;
        await untilAnswers(url, signal);
      }
    },
  };
}

/** A task queue is split to spread it over many hosts; on one, each part is only one more place to ask. */
export const ONE_PARTITION = ['Read', 'Write'].flatMap((kind) => [
  '--dynamic-config-value',
  `matching.numTaskqueue${kind}Partitions=1`,
]);

function serverArguments(options: TemporalOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'warn'],
    ...['--port', String(options.port), '--ui-port', String(options.uiPort)],
    ...['--db-filename', path.join(options.folder, 'temporal.db')],
    ...options.namespaces.flatMap((namespace) => ['--namespace', namespace]),
    // Without it a deleted workflow's bytes stay in the file.
    ...['--sqlite-pragma', 'secure_delete=ON'],
    ...ONE_PARTITION,
    ...['--ui-codec-endpoint', options.codecEndpoint, '--ui-disable-news-fetch'],
  ];
}
