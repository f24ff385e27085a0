import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '../..');
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const INSTALL_DEADLINE_MS = 15 * 60_000;
const ANSWER_DEADLINE_MS = 30_000;

type Report = (line: string) => void;

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
  const installed = (await installFromDebian(report)) ?? (await installWithPlaywright(report));
  if (installed !== null) return installed;
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

/** On Debian and what is made from it, for root only. */
async function installFromDebian(report: Report): Promise<string | null> {
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return null;
  report('Chromium: installing the Debian package chromium');
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

async function installWithPlaywright(report: Report): Promise<string | null> {
  report("Chromium: fetching from Playwright's own site");
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
  return /chrom/i.test(await output(file, ['--version'], process.env, ANSWER_DEADLINE_MS));
}

/** Empty when the program is missing, fails or hangs: the next way is tried, and having none is told. */
async function output(
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv,
  timeout = INSTALL_DEADLINE_MS,
): Promise<string> {
  const options = { cwd: ROOT, env, timeout, maxBuffer: 64 << 20 };
  return run(program, args, options).then(
    ({ stdout }) => stdout,
    () => '',
  );
}
