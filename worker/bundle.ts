import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { FAILURE_CONVERTER_PATH } from '../lib/temporal/data-converter.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, '.cache');

/**
 * The path of the workflows' bundle, made when there is none for exactly these sources: a worker then starts in a
 * fraction of the time, and every worker of a version runs the same code.
 */
export async function workflowBundle(): Promise<string> {
  const path = join(CACHE, `workflows-${sourceHash()}.js`);
  if (existsSync(path)) return path;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows', 'index.ts'),
    failureConverterPath: FAILURE_CONVERTER_PATH,
    logger: {
      log: ignore,
      trace: ignore,
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: ignore,
    },
  });
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeFileSync(unfinished, code);
  renameSync(unfinished, path);
  return path;
}

function sourceHash(): string {
  const hash = createHash('sha256');
  const sources = globSync(
    [
      'workflows/**/*.ts',
      'domain/**/*.ts',
      'lib/temporal/failure-converter.ts',
      'package-lock.json',
    ],
    { cwd: ROOT },
  );
  for (const source of sources.sort()) hash.update(source).update(readFileSync(join(ROOT, source)));
  return hash.digest('hex').slice(0, 16);
}

function ignore(): void {
  // Bundling errors are thrown; its progress is of no use to an operator.
}
