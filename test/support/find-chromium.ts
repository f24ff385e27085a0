import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../..');
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const INSTALL_DEADLINE_MS = 15 * 60_000;

type Report = (line: string) => void;

/** Whoever installs packages here without asking: Debian's way needs root, Playwright's only its own site. */
const SOURCES: readonly { name: string; install: () => Promise<string | null> }[] = [
  { name: 'the Debian package chromium', install: installFromDebian },
  { name: "Playwright's own site (about 180 MB)", install: installWithPlaywright },
];

/**
 * The path of the browser that pages are tested in: CHROMIUM_PATH, else one on PATH, else the project's cache, else
 * installed. Throws one line that says what to do when there is none.
 */
export async function findChromium(report: Report): Promise<string> {
  const named = process.env['CHROMIUM_PATH'];
  if (named) {
    if (await isChromium(named)) return named;
    throw new Error(`CHROMIUM_PATH names ${named}, which is no Chromium that runs here`);
  }
  const present = (await onPath()) ?? (await inCache());
  if (present !== null) return present;
  for (const { name, install } of SOURCES) {
    report(`Chromium: fetching from ${name}`);
    const installed = await install();
    if (installed !== null) return installed;
  }
  throw new Error(
    'Chromium is not here and could not be fetched: install it and set CHROMIUM_PATH to its path',
  );
}

async function onPath(): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    for (const program of PROGRAMS) {
      const file = path.join(folder, program);
      if (path.isAbsolute(file) && (await isChromium(file))) return file;
    }
  }
  return null;
}

async function installFromDebian(): Promise<string | null> {
  if (process.getuid?.() !== 0) return null;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  // A list of packages that is partly out of reach may still have this one.
  await output('apt-get', [...lock, 'update', '-qq'], env);
  await output('apt-get', [...lock, 'install', '-y', '--no-install-recommends', 'chromium'], env);
  return onPath();
}

/** Playwright keeps its browser in the checkout, so that nothing is left behind outside of it. */
const PLAYWRIGHT_ENVIRONMENT = {
  ...process.env,
  PLAYWRIGHT_BROWSERS_PATH: path.join(ROOT, '.cache', 'playwright'),
};

async function installWithPlaywright(): Promise<string | null> {
  const cli = path.join(ROOT, 'node_modules', 'playwright-core', 'cli.js');
  await output(
    process.execPath,
    [cli, 'install', '--no-shell', 'chromium'],
    PLAYWRIGHT_ENVIRONMENT,
  );
  return inCache();
}

async function inCache(): Promise<string | null> {
  const ask = "process.stdout.write(require('playwright-core').chromium.executablePath())";
  const file = await output(process.execPath, ['-e', ask], PLAYWRIGHT_ENVIRONMENT);
  return file !== '' && (await isChromium(file)) ? file : null;
}

async function isChromium(file: string): Promise<boolean> {
  return /chrom/i.test(await output(file, ['--version'], process.env));
}

/** Empty when the program is missing, fails or hangs: the next way is tried, and having none is told. */
async function output(program: string, args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const options = { cwd: ROOT, env, timeout: INSTALL_DEADLINE_MS, maxBuffer: 64 << 20 };
  return run(program, args, options).then(
    ({ stdout }) => stdout,
    () => '',
  );
}
