import { execFile } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** Runs a program of verify/ as npm does, with this environment alone. */
export function runProgram(
  program: 'ledger-verify.ts' | 'certificate-verify.ts',
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number; output: string }> {
  const env = { PATH: process.env['PATH'], ...environment };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(ROOT, 'local/command.ts'), `verify/${program}`, ...args],
      { env },
      (error, stdout, stderr) => {
        resolve({
          code: error === null ? 0 : Number(error.code),
          output: `${stdout}${stderr}`.trim(),
        });
      },
    );
  });
}
