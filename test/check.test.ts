import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from './support/temporary-folder.ts';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '..');
const SETTINGS = ['.dependency-cruiser.cjs', '.oxlintrc.json', 'tsconfig.json', 'package.json'];

/** A small tree in which each import goes one way: file → [what it imports, the rule that must object or null]. */
const IMPORTS: Record<string, [statement: string, rule: string | null]> = {
  'domain/fine.ts': ["import { z } from 'zod'", null],
  'domain/from-lib.ts': ["import '../lib/fine.ts'", 'what-domain-may-import'],
  'domain/from-node.ts': ["import 'node:fs'", 'the-domain-imports-zod-only'],
  'domain/from-package.ts': ["import 'openai'", 'the-domain-imports-zod-only'],
  'lib/fine.ts': ["import '../domain/fine.ts'", null],
  'lib/from-activities.ts': ["import type {} from '../activities/fine.ts'", 'what-lib-may-import'],
  'lib/from-nowhere.ts': ["import './absent.ts'", 'imports-resolve'],
  'lib/from-one.ts': ["import './from-other.ts'", 'no-cycles'],
  'lib/from-other.ts': ["import './from-one.ts'", null],
  'lib/from-test.ts': ["import '../test/fine.ts'", 'tests-are-imported-by-tests'],
  'activities/fine.ts': ["import '../lib/fine.ts'", null],
  'activities/from-workflows.ts': ["import '../workflows/fine.ts'", 'what-activities-may-import'],
  'workflows/fine.ts': ["import '@temporalio/workflow'", null],
  'workflows/types-of-activities.ts': ["import type {} from '../activities/fine.ts'", null],
  'workflows/code-of-activities.ts': [
    "import '../activities/fine.ts'",
    'workflows-take-only-types-of-activities',
  ],
  'workflows/from-lib.ts': ["import '../lib/fine.ts'", 'what-workflows-may-import'],
  'workflows/from-node.ts': ["import 'node:crypto'", 'workflow-code-is-deterministic'],
  'workflows/from-package.ts': ["import 'openai'", 'workflow-code-is-deterministic'],
  'worker/fine.ts': ["import '../activities/fine.ts'", null],
  'worker/from-workflows.ts': ["import '../workflows/fine.ts'", 'what-worker-may-import'],
  'api/fine.ts': ["import '../workflows/fine.ts'", null],
  'api/from-activities.ts': ["import '../activities/fine.ts'", 'what-api-may-import'],
  'api/from-development.ts': ["import 'playwright-core'", 'production-has-no-development-packages'],
  'store/fine.ts': ["import '../lib/fine.ts'", null],
  'store/from-activities.ts': ["import '../activities/fine.ts'", 'what-store-may-import'],
  'lib/from-store.ts': ["import '../store/fine.ts'", 'what-lib-may-import'],
  'lib/from-development.ts': ["import 'playwright-core'", 'production-has-no-development-packages'],
  'local/around-the-api.ts': ["import '../api/fine.ts'", null],
  'local/fine.ts': ["import '../store/fine.ts'", null],
  'local/from-worker.ts': [
    "import '../worker/fine.ts'",
    'of-the-processes-local-composes-the-api-alone',
  ],
  'api/from-local.ts': ["import '../local/fine.ts'", 'a-process-is-imported-by-nobody'],
  'backup/from-local.ts': ["import '../local/fine.ts'", 'what-backup-may-import'],
  'new-folder/from-api.ts': ["import '../api/fine.ts'", 'a-process-is-imported-by-nobody'],
  'verify/fine.ts': ["import '../lib/fine.ts'", null],
  'verify/from-worker.ts': ["import '../worker/fine.ts'", 'what-verify-may-import'],
  'new-folder/from-verify.ts': ["import '../verify/fine.ts'", 'a-process-is-imported-by-nobody'],
  'new-folder/from-worker.ts': ["import '../worker/fine.ts'", 'a-process-is-imported-by-nobody'],
  'test/fine.ts': ["import '../api/fine.ts'", null],
};

/** What a workflow must not do, each with the rule that must object. */
const WORKFLOW_LINES: [line: string, rule: string][] = [
  ['sleep(1);', 'no-floating-promises'],
  ["void fetch('http://127.0.0.1');", 'no-restricted-globals'],
  ['void process;', 'no-restricted-globals'],
  ["switch (kind) { case 'a': break; }", 'switch-exhaustiveness-check'],
  ['[1].forEach(async () => sleep(1));', 'no-misused-promises'],
  ['const loose: any = 1; void loose;', 'no-explicit-any'],
];

interface Cruise {
  summary: { violations: { from: string; rule: { name: string } }[] };
}
interface Lint {
  diagnostics: { code: string; filename: string }[];
}

const folder = temporaryFolder();
beforeAll(async () => {
  for (const name of SETTINGS) await cp(path.join(ROOT, name), path.join(folder, name));
  await symlink(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
});

async function plant(file: string, text: string): Promise<void> {
  await mkdir(path.join(folder, path.dirname(file)), { recursive: true });
  await writeFile(path.join(folder, file), text);
}

/** The answer of a checking program in JSON; finding something makes it fail, which is what is wanted here. */
async function findings<T>(program: string, args: string[]): Promise<T> {
  const file = path.join(ROOT, 'node_modules', '.bin', program);
  const { stdout } = await run(file, args, { cwd: folder, maxBuffer: 64 << 20 }).catch(
    (failed: { stdout: string }) => failed,
  );
  return JSON.parse(stdout) as T;
}

test('each import that goes the wrong way is caught by its rule, and no other is', async () => {
  for (const [file, [statement]] of Object.entries(IMPORTS)) {
    await plant(file, `${statement};\nexport const here = 1;\n`);
  }
  const { summary } = await findings<Cruise>('depcruise', ['--output-type', 'json', '.']);
  const caught = (file: string) =>
    summary.violations.filter(({ from }) => from === file).map(({ rule }) => rule.name);
  for (const [file, [, rule]] of Object.entries(IMPORTS)) {
    expect([file, caught(file)]).toEqual([
      file,
      rule === null ? [] : expect.arrayContaining([rule]),
    ]);
  }
});

test('each way to make a workflow unrepeatable or a promise lost is caught by its rule', async () => {
  const head = "import { sleep } from '@temporalio/workflow';\nvoid sleep;\n";
  for (const [index, [line]] of WORKFLOW_LINES.entries()) {
    const body = `export function planted(kind: 'a' | 'b'): void {\n  void kind;\n  ${line}\n}\n`;
    await plant(`workflows/line-${index}.ts`, head + body);
  }
  const { diagnostics } = await findings<Lint>('oxlint', ['--format', 'json', 'workflows']);
  for (const [index, [line, rule]] of WORKFLOW_LINES.entries()) {
    const codes = diagnostics
      .filter(({ filename }) => filename.endsWith(`line-${index}.ts`))
      .map(({ code }) => code);
    expect([line, codes]).toEqual([line, [expect.stringContaining(`(${rule})`)]]);
  }
});
