import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { BrokenBuild, Change, NamedTest } from './broken-builds.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
/** What a copy shares with this tree, or has no use for. */
const NOT_COPIED = new Set(['node_modules', '.git', '.data', '.cache']);
/** Programs and bundles that are named by what they hold: a changed source has another bundle. */
const SHARED = ['node_modules', '.cache'];

/** How a test ended, and what it said when it failed. `not run`: there is no such test, or its file cannot be loaded. */
export type TestResult =
  | { outcome: 'passed' | 'not run' }
  | { outcome: 'failed'; messages: string };

/** A copy of this tree, in which one build after the other can be tried. */
export interface Workshop {
  /** Runs one test with these changes, which must each fit exactly once; afterwards they are undone. */
  tryBuild(changes: readonly Change[], test: NamedTest): Promise<TestResult>;
  close(): void;
}

/** Copies this tree into a temporary folder. */
export function openWorkshop(): Workshop {
  const root = mkdtempSync(path.join(tmpdir(), 'mayfly-build-'));
  copyTree(root);
  return {
    tryBuild: async (changes, { file, test }) => {
      const before = changes.map((change) => ({ ...change, text: textOf(root, change) }));
      try {
        for (const change of changes) applyChange(root, change);
        return await runTest(root, file, test);
      } finally {
        for (const { file: changed, text } of before) writeFileSync(path.join(root, changed), text);
      }
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

export interface Verdict {
  outcome: 'tripped' | 'missed' | 'no proof';
  /** What the test said, when it failed and that proves nothing. */
  said: string;
}

/**
 * Whether a broken build is found. `missed`: its test passes, or fails for another reason; `no proof`: it does not pass
 * without the change either, or there is none of that name.
 */
export async function judge(
  { tryBuild }: Workshop,
  { changes, trippedBy }: BrokenBuild,
): Promise<Verdict> {
  const whole = await tryBuild([], trippedBy);
  if (whole.outcome !== 'passed') return { outcome: 'no proof', said: saidBy(whole) };
  const broken = await tryBuild(changes, trippedBy);
  if (broken.outcome === 'not run') return { outcome: 'no proof', said: '' };
  const isFound = broken.outcome === 'failed' && broken.messages.includes(trippedBy.saying);
  return isFound ? { outcome: 'tripped', said: '' } : { outcome: 'missed', said: saidBy(broken) };
}

function saidBy(result: TestResult): string {
  return result.outcome === 'failed' ? stripVTControlCharacters(result.messages) : '';
}

/** How often a change fits into the tree as it is. */
export function countPlaces(change: Change, root = CHECKOUT): number {
  return textOf(root, change).split(change.from).length - 1;
}

function textOf(root: string, { file }: Change): string {
  return readFileSync(path.join(root, file), 'utf8');
}

function copyTree(root: string): void {
  cpSync(CHECKOUT, root, {
    recursive: true,
    filter: (source) => !NOT_COPIED.has(path.relative(CHECKOUT, source)),
  });
  for (const name of SHARED) {
    const shared = path.join(CHECKOUT, name);
    if (existsSync(shared)) symlinkSync(shared, path.join(root, name));
  }
}

function applyChange(root: string, change: Change): void {
  const places = countPlaces(change, root);
  if (places !== 1) throw new Error(`${change.file} has ${places} times: ${change.from}`);
  // As a function, because a text to put in may itself have what `replace` takes for a pattern.
  const changed = textOf(root, change).replace(change.from, () => change.to);
  writeFileSync(path.join(root, change.file), changed);
}

interface JestReport {
  testResults: {
    assertionResults: { fullName: string; status: string; failureMessages: string[] }[];
  }[];
}

async function runTest(root: string, file: string, test: string): Promise<TestResult> {
  const reportFile = path.join(root, 'report.json');
  rmSync(reportFile, { force: true });
  const jest = spawn(
    process.execPath,
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      ...['node_modules/jest/bin/jest.js', '--runTestsByPath', file],
      ...['--testNamePattern', `^${escaped(test)}$`, '--json', '--outputFile', reportFile],
    ],
    { cwd: root, env: { ...process.env, CI: 'true' }, stdio: 'ignore' },
  );
  await once(jest, 'exit');
  if (!existsSync(reportFile)) return { outcome: 'not run' };
  const report = JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport;
  const result = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ fullName }) => fullName === test);
  if (result?.status === 'passed') return { outcome: 'passed' };
  if (result?.status !== 'failed') return { outcome: 'not run' };
  return { outcome: 'failed', messages: result.failureMessages.join('\n') };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
