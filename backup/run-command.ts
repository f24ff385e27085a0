import { databaseTrouble } from '../store/database-trouble.ts';

/** Prints lines as a command goes on, and sets the exit code: 0 when it did what it was to do, else 1 with the reason. */
export async function runCommand(
  command: (report: (line: string) => void) => Promise<void>,
): Promise<void> {
  const report = (line: string) => void process.stdout.write(`${line}\n`);
  try {
    await command(report);
  } catch (error) {
    const { message = '', code = 'unknown error' } = error as { message?: string; code?: string };
    process.stderr.write(`${databaseTrouble(error)?.message ?? (message || code)}\n`);
    process.exitCode = 1;
  }
}
