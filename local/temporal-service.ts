import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { findTemporalCli } from './temporal/temporal-binaries.ts';
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

/** With this line the dev server tells that it listens. */
const SERVES = /^(Temporal )?Server: /;

/** Temporal's dev server with its UI, both on the loopback interface. Fetches the CLI when it is not here. */
export function temporalService(options: TemporalOptions): Service {
  const log = openLogFile(options.logFile);
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  let served = Promise.withResolvers<void>();
  return {
    name: 'Temporal',
    ports: [options.port, options.uiPort],
    start: async (signal) => {
      served = Promise.withResolvers<void>();
      return startChild({
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
        givesWay: true,
        onLine: (line) => {
          if (SERVES.test(line)) served.resolve();
        },
        log,
        record: options.record,
      });
    },
    // The UI answers through the server, so this waits for both, and for each namespace. It could be somebody else's, who
    // took the port first: this one has told its own address before.
    ready: async (signal) => {
      await Promise.race([served.promise, aborted(signal)]);
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

/**
 * How the dev server keeps its database. Deleted bytes are overwritten, which SQLite does not do by itself. What is
 * committed goes to a log beside the file first: that waits for the disk less often than a journal that is made and removed
 * with each commit, and is as safe. The log is cut off after every four megabytes, and deleted bytes with it.
 */
export function databaseArguments(file: string): string[] {
  const pragmas = ['secure_delete=ON', 'journal_mode=WAL', 'journal_size_limit=0'];
  return ['--db-filename', file, ...pragmas.flatMap((pragma) => ['--sqlite-pragma', pragma])];
}

function serverArguments(options: TemporalOptions): string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--log-level', 'warn'],
    ...['--port', String(options.port), '--ui-port', String(options.uiPort)],
    ...databaseArguments(path.join(options.folder, 'temporal.db')),
    ...options.namespaces.flatMap((namespace) => ['--namespace', namespace]),
    ...ONE_PARTITION,
    ...['--ui-codec-endpoint', options.codecEndpoint, '--ui-disable-news-fetch'],
  ];
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => reject(signal.reason as Error);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
