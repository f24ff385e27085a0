import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const COPIED = [
  'activities',
  'api',
  'assistant',
  'domain',
  'lib',
  'migrations',
  'workflows',
  'worker',
];
const SHARED = ['node_modules', '.cache', 'package.json', 'package-lock.json'];

/** How long the activities of requests and erasures may stay silent before they count as dead, and what it is here. */
const PATIENCE = [
  { file: 'workflows/erasure.ts', from: "heartbeatTimeout: '1 minute'", times: 1 },
  { file: 'workflows/erasure-request.ts', from: "heartbeatTimeout: '1 minute'", times: 1 },
  { file: 'workflows/erasure-request.ts', from: "startToCloseTimeout: '1 minute'", times: 1 },
  { file: 'workflows/lib/mail-person.ts', from: "startToCloseTimeout: '2 minutes'", times: 1 },
  {
    file: 'workflows/lib/request-progress.ts',
    from: "startToCloseTimeout: '30 seconds'",
    times: 1,
  },
] as const;

/**
 * The programs as they are, except that a worker that died in an erasure is noticed after `noticedAfter` and not after a
 * minute or two: a test of many deaths need not wait for each of them that long. `remove` removes the copy.
 */
export async function impatientCheckout(noticedAfter: string) {
  const root = mkdtempSync(path.join(tmpdir(), 'mayfly-impatient-'));
  for (const name of COPIED)
    cpSync(path.join(CHECKOUT, name), path.join(root, name), { recursive: true });
  for (const name of SHARED) symlinkSync(path.join(CHECKOUT, name), path.join(root, name));
  for (const { file, from, times } of PATIENCE) {
    const parts = readFileSync(path.join(root, file), 'utf8').split(from);
    if (parts.length !== times + 1) throw new Error(`${file} has no place like this: ${from}`);
    const name = from.slice(0, from.indexOf(':'));
    writeFileSync(path.join(root, file), parts.join(`${name}: '${noticedAfter}'`));
  }
  await bundle(root);
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

/** Once, and not by each worker that is started. */
async function bundle(root: string): Promise<void> {
  const program = `import { workflowBundle } from './worker/bundle.ts'; await workflowBundle();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error('the workflows could not be bundled');
}
